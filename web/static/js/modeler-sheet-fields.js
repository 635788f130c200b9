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
    const statuses = { options: () => named(Object.keys(sheet.read('statuses') || {}).length ? sheet.read('statuses') : facts.portal_statuses) };

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

    const code = () => panel.message();
    const message = (key) => ({
      get: () => (code() ? sheet.read('messages', code(), key) : ''),
      set: (value) => {
        if (!code()) return vi ? 'Ghi mã thông điệp trước.' : 'Name the message first.';
        return panel.change(['messages', code(), key], value);
      },
    });

    const escalations = () => sheet.read('steps', panel.bo.id, 'escalations');
    const setEscalations = (rows) => panel.change(['steps', panel.bo.id, 'escalations'], rows);

    // Finishing the step hands something to an outsider: the whole entry goes when nobody is named.
    const hands = (key) => ({
      get: () => sheet.read('steps', panel.bo.id, 'hands_out', key),
      set: (value) => panel.change(['steps', panel.bo.id, 'hands_out', key], value.trim()),
      hidden: () => !sheet.read('steps', panel.bo.id, 'hands_out'),
    });
    const percent = (key, usual) => ({
      get: () => sheet.read('coverage', key) ?? usual,
      set: (value) => panel.change(['coverage', key], value === '' ? undefined : Number(value)),
    });

    return {
      'process.title': plain('title'),
      'process.owner_role': plain('owner_role'),
      'process.record_class': plain('record_class'),
      'process.retention_years': { get: () => sheet.read('retention_years'), set: (value) => panel.change(['retention_years'], Number(value)) },
      'process.legal_basis': lines('legal_basis'),
      'process.public_services': lines('public_services'),
      'process.register_columns': lines('register_columns'),
      'process.coverage_tasks': percent('tasks', 100),
      'process.coverage_flows': percent('flows', 90),
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
      'step.form': { get: () => sheet.read('steps', panel.bo.id, 'form'), set: own('steps', 'form').set, ...forms },
      'step.status': { ...own('steps', 'status'), ...statuses },
      'step.help': own('steps', 'help'),
      'step.is_hand_over': {
        get: () => sheet.read('steps', panel.bo.id, 'is_hand_over') !== false,
        set: (value) => panel.change(['steps', panel.bo.id, 'is_hand_over'], value ? undefined : false),
      },
      'step.signs': own('steps', 'signs'),
      'step.is_personal': {
        get: () => sheet.read('steps', panel.bo.id, 'is_personal') === true,
        set: (value) => panel.change(['steps', panel.bo.id, 'is_personal'], value || undefined),
      },
      'step.given_to': { ...own('steps', 'given_to'), options: () => panel.names().map((one) => [one.name, one.label ? `${one.label} (${one.name})` : one.name]) },
      'hands.is_out': {
        get: () => Boolean(sheet.read('steps', panel.bo.id, 'hands_out')),
        set: (value) => panel.change(['steps', panel.bo.id, 'hands_out'], value ? { to: vi ? 'Công dân' : 'Citizen' } : undefined),
      },
      'hands.to': { ...hands('to'), set: (value) => panel.change(['steps', panel.bo.id, 'hands_out'], value.trim() ? { ...sheet.read('steps', panel.bo.id, 'hands_out'), to: value.trim() } : undefined) },
      'hands.receiver': { ...hands('receiver'), options: () => panel.stepFields().map((one) => [one.name, `${one.label} (${one.name})`]) },
      'hands.when': { ...hands('when'), names: () => panel.stepFields(), isAlone: true },
      'hands.note': hands('note'),
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
