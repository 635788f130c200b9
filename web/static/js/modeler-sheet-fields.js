// Fields of the panel that procedure.yaml holds.
window.DrawingBoard = window.DrawingBoard || {};
(() => {
  'use strict';
  const vi = document.documentElement.lang !== 'en';

  window.DrawingBoard.sheetFields = (panel) => {
    const { sheet, facts } = panel;
    const named = (pairs) => Object.entries(pairs);
    const plain = (...path) => ({
      get: () => sheet.read(...path),
      set: (value) => panel.change(path, value),
    });
    const lines = (...path) => ({
      get: () => (sheet.read(...path) || []).join('\n'),
      set: (value) => panel.change(path, value.split('\n').map((line) => line.trim()).filter(Boolean)),
    });
    const own = (part, key) => ({
      get: () => sheet.read(part, panel.bo.id, ...(key ? [key] : [])),
      set: (value) => panel.change([part, panel.bo.id, ...(key ? [key] : [])], value),
    });
    const lane = (key) => ({
      get: () => sheet.read('lanes', panel.bo.name || panel.bo.id, key),
      set: (value) => panel.change(['lanes', panel.bo.name || panel.bo.id, key], value || undefined),
    });
    const forms = { options: () => named(facts.forms).map(([name, title]) => [name, `${title || name} (${name})`]) };
    const statuses = { options: () => named(facts.statuses) };

    const term = () => {
      const found = /^([0-9.,]+)\s*([mhd])$/.exec(sheet.read('steps', panel.bo.id, 'term') || '');
      return found ? { number: found[1], unit: found[2] } : { number: '', unit: sheet.read('steps', panel.bo.id, 'term') === 'none' ? 'none' : '' };
    };
    const setTerm = (number, unit) => {
      if (unit === 'none') return panel.change(['steps', panel.bo.id, 'term'], 'none');
      if (!number) return panel.change(['steps', panel.bo.id, 'term'], undefined);
      if (!/^\d{1,4}([.,]\d{1,2})?$/.test(number)) return vi ? 'Ghi số, ví dụ 4 hoặc 1,5.' : 'Write a number, e.g. 4 or 1.5.';
      return panel.change(['steps', panel.bo.id, 'term'], `${number.replace(',', '.')}${unit || 'h'}`);
    };

    const code = () => {
      const waited = panel.bo.messageRef || (panel.definition && panel.definition.messageRef);
      return waited ? waited.name || waited.id : null;
    };
    const message = (key) => ({
      get: () => (code() ? sheet.read('messages', code(), key) : ''),
      set: (value) => {
        if (!code()) return vi ? 'Ghi mã thông điệp trước.' : 'Name the message first.';
        return panel.change(['messages', code(), key], value);
      },
    });

    const escalations = () => sheet.read('steps', panel.bo.id, 'escalations');
    const setEscalations = (rows) => panel.change(['steps', panel.bo.id, 'escalations'], rows);
    const escalationRow = (row, index) => (made) => {
      const [at, to, remove] = made.querySelectorAll('input, select, button');
      at.value = row.at;
      to.value = row.to;
      const save = () => setEscalations(escalations().map((one, place) => (place === index ? { at: Number(at.value) || 150, to: to.value } : one)));
      at.addEventListener('change', save);
      to.addEventListener('change', save);
      remove.addEventListener('click', () => setEscalations(escalations().filter((_, place) => place !== index)));
    };

    return {
      'process.title': plain('title'),
      'process.owner_role': plain('owner_role'),
      'process.record_class': plain('record_class'),
      'process.retention_years': { get: () => sheet.read('retention_years'), set: (value) => panel.change(['retention_years'], Number(value)) },
      'process.iso_clauses': lines('iso_clauses'),
      'process.legal_basis': lines('legal_basis'),
      'process.public_services': lines('public_services'),
      'start.form': { ...plain('start', 'form'), ...forms },
      'start.roles': plain('start', 'roles'),
      'lane.role': lane('role'),
      'lane.of_division': lane('of_division'),
      'step.term_number': { get: () => term().number, set: (value) => setTerm(value.trim(), term().unit) },
      'step.term_unit': { get: () => term().unit, set: (value) => setTerm(term().number, value) },
      'step.borrows_from': { ...own('steps', 'borrows_from'), options: () => panel.hooks.steps().filter(([id]) => id !== panel.bo.id) },
      'step.reminder': {
        get: () => sheet.read('steps', panel.bo.id, 'reminder'),
        set: (value) => panel.change(['steps', panel.bo.id, 'reminder'], value === '' ? undefined : Number(value)),
      },
      'step.usual_escalations': {
        get: () => escalations() === undefined,
        set: (usual) => setEscalations(usual ? undefined : [{ at: 150, to: 'head' }, { at: 150, to: 'leader' }]),
      },
      'step.escalations': { rows: () => (escalations() || []).map(escalationRow) },
      'step.add_escalation': { set: () => setEscalations([...(escalations() || []), { at: 150, to: 'leader' }]) },
      'step.form': { get: () => sheet.read('steps', panel.bo.id, 'form'), set: own('steps', 'form').set, ...forms },
      'step.status': { ...own('steps', 'status'), ...statuses },
      'step.help': own('steps', 'help'),
      'step.is_hand_over': {
        get: () => sheet.read('steps', panel.bo.id, 'is_hand_over') !== false,
        set: (value) => panel.change(['steps', panel.bo.id, 'is_hand_over'], value ? undefined : false),
      },
      'message.title': message('title'),
      'message.form': { ...message('form'), ...forms },
      'message.roles': message('roles'),
      'wait.status': {
        get: () => sheet.read('waits', panel.bo.id) || (code() && sheet.read('waits', code())),
        set: (value) => panel.change(['waits', code() && sheet.read('waits', code()) ? code() : panel.bo.id], value),
        ...statuses,
      },
      'end.outcome': {
        get: () => (sheet.read('ends', panel.bo.id) === 'none' ? '' : sheet.read('ends', panel.bo.id)),
        set: (value) => panel.change(['ends', panel.bo.id], window.DrawingBoard.plainName(value)),
      },
      'end.is_branch': {
        get: () => sheet.read('ends', panel.bo.id) === 'none',
        set: (value) => panel.change(['ends', panel.bo.id], value ? 'none' : undefined),
      },
    };
  };
})();
