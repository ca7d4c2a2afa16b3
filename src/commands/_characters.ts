/** For terminals that know no others: what brc-sync's own words are written with, in ASCII. */
const IN_ASCII: Readonly<Record<string, string>> = {
  '→': '->',
  '−': '-',
  '–': '-',
  '×': 'x',
  '÷': '/',
  '’': "'",
  '“': '"',
  '”': '"',
  '…': '...',
  '•': '*',
  '≤': '<=',
  '±': '+-',
};
const NOT_ASCII = new RegExp(`[${Object.keys(IN_ASCII).join('')}]`, 'g');

/** A text as this terminal can show it: in the locale `C` each letter of ours that is not ASCII has a stand-in. Names of others stay as they are. */
export function shownText(text: string): string {
  return isPlainLocale(process.env) ? text.replace(NOT_ASCII, (letter) => IN_ASCII[letter] ?? letter) : text;
}

/** Only where somebody says so: cron has no locale at all, and its mails can show everything. */
function isPlainLocale({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean {
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '');
  return locale === 'C' || locale === 'POSIX';
}
