/** A 32-bit float as the plugins print it: 0.68444443 where 64 bits say 0.6844444444444444. Eight digits, nine where eight are another float. */
export function asFloat32(value: number): number {
  const single = Math.fround(value);
  const short = Number(single.toPrecision(8));
  return Math.fround(short) === single ? short : Number(single.toPrecision(9));
}

/** Hours of a number of seconds, worked out in 32 bits as the plugins do. */
export function hours32(seconds: number): number {
  return Math.fround(Math.fround(Math.fround(seconds) / 60) / 60);
}
