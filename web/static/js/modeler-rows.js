// Fields of the panel that are lists of rows: each row reads one entry of procedure.yaml (or of the model) and writes the list anew.
window.DrawingBoard = window.DrawingBoard || {};
(() => {
  'use strict';
  const vi = document.documentElement.lang !== 'en';
  const CLAUSE = /^(ISO \d{4,5}:\d{4})\s+(.+)$/;
  const NAME = /^[a-z][a-z0-9_]{0,40}$/;

  window.DrawingBoard.rowFields = (panel) => {
    const { sheet, facts } = panel;

    const refuse = (own, other) => ({ trouble: vi ? own : other });

    // One list: get() gives plain entries, set() keeps them; show fills a row, take reads it back.
    const list = ({ get, set, show, take, fresh, row }) => {
      const draw = (entry, index) => (made) => {
        const parts = [...made.querySelectorAll('[data-cell]')];
        show(parts, entry, made);
        const save = () => {
          const taken = take(parts, entry);
          if (taken && taken.trouble) return panel.complain(parts[0], taken.trouble);
          return set(get().map((one, place) => (place === index ? taken : one)));
        };
        for (const part of parts) part.addEventListener('change', save);
        const press = (name, act) => {
          const button = made.querySelector(`[data-${name}]`);
          if (button) button.addEventListener('click', act);
        };
        press('remove', () => set(get().filter((_, place) => place !== index)));
        press('up', () => {
          const moved = get();
          if (index > 0) [moved[index - 1], moved[index]] = [moved[index], moved[index - 1]];
          set(moved);
        });
        if (row) row(made, entry, index);
      };
      return { rows: { rows: () => get().map(draw) }, add: { set: () => set([...get(), fresh()]) } };
    };

    const pairs = (...path) => Object.entries(sheet.read(...path) || {});
    const keep = (path, entries) => panel.change(path, Object.fromEntries(entries));
    const freeWord = (entries, stem) => {
      let number = entries.length + 1;
      while (entries.some(([word]) => word === `${stem}_${number}`)) number += 1;
      return `${stem}_${number}`;
    };

    const kindOf = (value) => (value === null || value === undefined ? 'null' : typeof value);
    const valueOf = (kind, text) => {
      if (kind === 'null') return null;
      if (kind === 'boolean') return text === 'true';
      return kind === 'number' ? Number(text.replace(',', '.')) || 0 : text;
    };
    const values = list({
      get: () => pairs('start', 'values'),
      set: (entries) => keep(['start', 'values'], entries),
      fresh: () => [freeWord(pairs('start', 'values'), 'gia_tri'), null],
      show: ([name, kind, text, yes], [word, value]) => {
        name.value = word;
        kind.value = kindOf(value);
        text.value = value === null || typeof value === 'boolean' ? '' : String(value);
        yes.value = String(value === true);
        text.hidden = !['string', 'number'].includes(kind.value);
        yes.hidden = kind.value !== 'boolean';
      },
      take: ([name, kind, text, yes], [former]) => {
        const word = name.value.trim();
        if (!NAME.test(word)) return refuse('Tên giá trị: chữ thường không dấu, chữ số, gạch dưới.', 'A plain name, please.');
        if (word !== former && pairs('start', 'values').some(([known]) => known === word)) return refuse('Tên này đã có.', 'This name is taken.');
        return [word, valueOf(kind.value, kind.value === 'boolean' ? yes.value : text.value)];
      },
    });

    const statuses = list({
      get: () => pairs('statuses'),
      set: (entries) => panel.change(['statuses'], entries.length ? Object.fromEntries(entries) : undefined),
      fresh: () => [freeWord(pairs('statuses'), 'trang_thai'), vi ? 'Trạng thái mới' : 'New status'],
      show: ([word, name], entry) => {
        [word.value, name.value] = entry;
      },
      take: ([word, name], [former]) => {
        if (!NAME.test(word.value.trim())) return refuse('Mã trạng thái: chữ thường không dấu, chữ số, gạch dưới.', 'A plain word, please.');
        const taken = word.value.trim() !== former && pairs('statuses').some(([known]) => known === word.value.trim());
        if (taken) return refuse('Mã này đã có.', 'This word is taken.');
        return [word.value.trim(), name.value.trim() || word.value.trim()];
      },
    });

    const clauses = list({
      get: () => [...(sheet.read('iso_clauses') || [])],
      set: (entries) => panel.change(['iso_clauses'], entries.filter(Boolean)),
      fresh: () => `${facts.words.editions[0]} 8.5.1 ${facts.words.clauses['8.5.1']}`,
      show: ([edition, clause], entry) => {
        const found = CLAUSE.exec(entry);
        if (found && ![...edition.options].some((option) => option.value === found[1])) edition.append(new Option(found[1], found[1]));
        edition.value = found ? found[1] : '';
        clause.value = found ? found[2] : entry;
        clause.title = clause.value;
      },
      take: ([edition, clause]) => {
        const said = clause.value.trim();
        const titled = facts.words.clauses[said] ? `${said} ${facts.words.clauses[said]}` : said;
        return [edition.value, titled].filter(Boolean).join(' ');
      },
    });

    const separate = list({
      get: () => (sheet.read('separate') || []).map((pair) => [...pair]),
      set: (entries) => panel.change(['separate'], entries.length ? entries : undefined),
      fresh: () => panel.hooks.tasks().slice(0, 2).map(([id]) => id),
      show: (parts, entry) => parts.forEach((part, place) => {
        const known = panel.hooks.tasks();
        part.replaceChildren(...known.map(([id, name]) => new Option(name, id)));
        if (!known.some(([id]) => id === entry[place])) part.append(new Option(entry[place], entry[place]));
        part.value = entry[place];
      }),
      take: ([first, second]) => (first.value === second.value ? refuse('Chọn hai bước khác nhau.', 'Choose two different steps.') : [first.value, second.value]),
    });

    const escalations = list({
      get: () => [...(sheet.read('steps', panel.bo.id, 'escalations') || [])],
      set: (entries) => panel.change(['steps', panel.bo.id, 'escalations'], entries),
      fresh: () => ({ at: 150, to: 'leader' }),
      show: ([at, to], entry) => {
        at.value = entry.at;
        to.value = entry.to;
      },
      take: ([at, to]) => ({ at: Math.max(101, Number(at.value) || 150), to: to.value }),
    });

    // Steps that are ticked: while one of them is open, the message is not taken.
    const closed = () => sheet.read('messages', panel.message(), 'closed_while') || [];
    const tickRow = ([id, name]) => (made) => {
      const box = made.querySelector('input');
      made.querySelector('span').textContent = name;
      box.checked = closed().includes(id);
      box.addEventListener('change', () => {
        const left = closed().filter((one) => one !== id);
        const now = box.checked ? [...left, id] : left;
        panel.change(['messages', panel.message(), 'closed_while'], now.length ? now : undefined);
      });
    };

    return {
      'start.values': values.rows,
      'start.add_value': values.add,
      'process.statuses': statuses.rows,
      'process.add_status': statuses.add,
      'process.iso_clauses': clauses.rows,
      'process.add_clause': clauses.add,
      'process.separate': separate.rows,
      'process.add_separate': separate.add,
      'step.escalations': escalations.rows,
      'step.add_escalation': escalations.add,
      'message.closed_while': { rows: () => (panel.message() ? panel.hooks.tasks().map(tickRow) : []) },
    };
  };
})();
