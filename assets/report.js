// The table of changes on the page of `brc-sync report --html`: filters, sorts and shows its rows page by page. Everything shown is set as text.
'use strict';
(() => {
  const { columns, rows } = JSON.parse(document.getElementById('data').textContent);
  const numbers = new Intl.NumberFormat('en-US');
  const collator = new Intl.Collator('en', { numeric: true });
  const haystacks = rows.map((row) => row.join('\n').toLowerCase());
  const choices = columns.flatMap(({ title, choice }, index) => (choice ? [{ title, index, control: choiceOf(title, index) }] : []));
  const state = { sorted: -1, descending: false, page: 0, shown: rows.map((_, index) => index) };

  const search = element('input', { type: 'search', id: 'search', autocomplete: 'off', spellcheck: 'false' });
  const size = selectOf('size', ['50', '200', '1000'], (value) => `${value} rows`);
  const count = element('p', { role: 'status', 'aria-live': 'polite', id: 'count' });
  const previous = button('Previous page', () => turn(-1));
  const next = button('Next page', () => turn(1));
  const headers = columns.map(headerOf);
  const body = element('tbody', {});

  document
    .getElementById('table')
    .append(
      element('form', { class: 'controls', role: 'search', 'aria-label': 'Changes' }, [
        labelled('Search in all columns', search),
        ...choices.map(({ title, control }) => labelled(title, control)),
        labelled('Page', size),
      ]),
      element('div', { class: 'pager' }, [count, previous, next]),
      element('div', { class: 'scroll', role: 'group', 'aria-label': 'Every change', tabindex: '0' }, [
        element('table', { id: 'rows' }, [
          element('caption', {}, ['Every change. A heading sorts.']),
          element('thead', {}, [element('tr', {}, headers)]),
          body,
        ]),
      ]),
    );
  document.querySelector('form.controls').addEventListener('submit', (event) => event.preventDefault());
  search.addEventListener('input', filter);
  for (const { control } of choices) control.addEventListener('change', filter);
  size.addEventListener('change', () => show(0));
  filter();

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = choices.filter(({ control }) => control.value !== '');
    state.shown = [];
    for (let index = 0; index < rows.length; index += 1) {
      const matches = words.every((word) => haystacks[index].includes(word));
      if (matches && wanted.every((choice) => String(rows[index][choice.index]) === choice.control.value.slice(1))) state.shown.push(index);
    }
    sort();
  }

  function sort() {
    const { sorted, descending } = state;
    headers.forEach((header, index) => {
      if (index === sorted) header.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      else header.removeAttribute('aria-sort');
    });
    if (sorted >= 0) {
      const sign = descending ? -1 : 1;
      const keys = columns[sorted].type === 'number' ? rows.map((row) => (row[sorted] === '' ? -Infinity : Number(row[sorted]))) : null;
      const compare = keys === null ? (a, b) => collator.compare(rows[a][sorted], rows[b][sorted]) : (a, b) => order(keys[a], keys[b]);
      state.shown.sort((a, b) => sign * compare(a, b) || a - b);
    }
    show(0);
  }

  function order(a, b) {
    return a < b ? -1 : a > b ? 1 : 0;
  }

  function turn(by) {
    show(state.page + by);
  }

  function show(page) {
    const perPage = Number(size.value);
    const pages = Math.max(1, Math.ceil(state.shown.length / perPage));
    state.page = Math.min(Math.max(page, 0), pages - 1);
    const first = state.page * perPage;
    const indexes = state.shown.slice(first, first + perPage);
    body.replaceChildren(
      ...indexes.map((index) =>
        element(
          'tr',
          {},
          columns.map((column, at) => cellOf(column, rows[index][at], at)),
        ),
      ),
    );
    // A disabled button would lose the focus of whoever pages with the keyboard.
    previous.setAttribute('aria-disabled', String(state.page === 0));
    next.setAttribute('aria-disabled', String(state.page === pages - 1));
    const range = indexes.length === 0 ? 'none' : `${numbers.format(first + 1)} to ${numbers.format(first + indexes.length)}`;
    const found = state.shown.length === rows.length ? '' : ` that match, of ${numbers.format(rows.length)}`;
    count.textContent = `Shown: ${range} of ${numbers.format(state.shown.length)} changes${found}.`;
  }

  function headerOf({ title, type }, index) {
    const sortBy = button(title, () => {
      state.descending = state.sorted === index ? !state.descending : type === 'number';
      state.sorted = index;
      sort();
    });
    return element('th', { scope: 'col', class: type }, [sortBy]);
  }

  function cellOf({ type }, value, at) {
    const text = type === 'number' ? String(value).replace(/\B(?=(\d{3})+(\.|$))(?<!\.\d*)/g, ',') : String(value);
    return element(at === 0 ? 'th' : 'td', at === 0 ? { scope: 'row' } : { class: type }, [text]);
  }

  function choiceOf(title, index) {
    const values = [...new Set(rows.map((row) => String(row[index])))].sort(collator.compare);
    // `=` before a value tells an empty one from no choice.
    return selectOf(`choice-${index}`, ['', ...values.map((value) => `=${value}`)], (value) =>
      value === '' ? 'all' : value.slice(1) || '(none)',
    );
  }

  function selectOf(id, values, text) {
    return element(
      'select',
      { id },
      values.map((value) => element('option', { value }, [text(value)])),
    );
  }

  function labelled(text, control) {
    return element('div', { class: 'control' }, [element('label', { for: control.id }, [text]), control]);
  }

  function button(text, onClick) {
    const made = element('button', { type: 'button' }, [text]);
    made.addEventListener('click', onClick);
    return made;
  }

  function element(name, attributes, children = []) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }
})();
