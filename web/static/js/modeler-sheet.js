// procedure.yaml beside the model: changed by commands of the same stack, so that undoing takes back both.
window.DrawingBoard = window.DrawingBoard || {};
(() => {
  'use strict';
  const copy = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

  function read(sheet, path) {
    return path.reduce((inner, key) => (inner && typeof inner === 'object' ? inner[key] : undefined), sheet);
  }

  function put(sheet, path, value) {
    let inner = sheet;
    for (const key of path.slice(0, -1)) inner = inner[key] = inner[key] && typeof inner[key] === 'object' ? inner[key] : {};
    if (value === undefined) delete inner[path.at(-1)];
    else inner[path.at(-1)] = value;
  }

  // Vietnamese words as a name of files and steps: "Xin ý kiến" → "xin_y_kien".
  function plainName(text) {
    const plain = text.toLowerCase().replace(/đ/g, 'd').normalize('NFD').replace(/[\u0300-\u036f]/g, '');
    return plain.replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+|_+$/g, '').slice(0, 40);
  }

  const GIVEN = /^(Activity|Event|Gateway|Flow)_[0-9a-z]{7}$/;

  function Sheet(eventBus, commandStack, modeling, elementRegistry, injector) {
    this.values = null;
    const own = this;

    commandStack.register('sheet.change', {
      execute(context) {
        context.former = copy(own.values[context.path[0]]);
        put(own.values, context.path, copy(context.value));
        return context.element ? [context.element] : [];
      },
      revert(context) {
        put(own.values, [context.path[0]], context.former);
        return context.element ? [context.element] : [];
      },
    });

    // A new id or lane name takes what the sheet says of the former one along; a step named first gets an id people can read.
    const moves = (element, was) => {
      const bo = element.businessObject;
      if (!own.values) return;
      if (element.type === 'bpmn:Lane') {
        const rule = read(own.values, ['lanes', was.name]);
        if (was.name !== bo.name && bo.name && rule && !read(own.values, ['lanes', bo.name])) own.change(element, ['lanes', bo.name], rule);
        return;
      }
      if (was.id !== bo.id) {
        for (const part of ['steps', 'waits', 'ends']) {
          const said = read(own.values, [part, was.id]);
          if (said !== undefined) own.change(element, [part, bo.id], said);
        }
      } else if (was.name !== bo.name && bo.name && GIVEN.test(bo.id)) {
        const id = own.freeId(plainName(bo.name));
        if (id) modeling.updateProperties(element, { id });
      }
    };
    for (const command of ['element.updateLabel', 'element.updateProperties']) {
      const target = (context) => (context.element.labelTarget ? context.element.labelTarget : context.element);
      eventBus.on(`commandStack.${command}.preExecute`, ({ context }) => {
        const bo = target(context).businessObject;
        context.wasCalled = { id: bo.id, name: bo.name };
      });
      eventBus.on(`commandStack.${command}.postExecute`, ({ context }) => moves(target(context), context.wasCalled));
    }

    this.freeId = (wanted) => {
      const ids = injector.get('moddle').ids;
      if (!wanted) return null;
      for (let number = 1; number < 100; number += 1) {
        const id = number === 1 ? wanted : `${wanted}_${number}`;
        if (!elementRegistry.get(id) && !ids.assigned(id)) return id;
      }
      return null;
    };
    this.change = (element, path, value) => commandStack.execute('sheet.change', { element, path, value });
    this.read = (...path) => read(this.values, path);
  }
  Sheet.$inject = ['eventBus', 'commandStack', 'modeling', 'elementRegistry', 'injector'];

  // Every lane and flow element of the file, those without a shape included.
  function everything(parts) {
    return (parts || []).flatMap((bo) => [
      bo,
      ...everything(bo.flowElements),
      ...everything(bo.laneSets),
      ...everything(bo.lanes),
      ...everything(bo.childLaneSet ? [bo.childLaneSet] : []),
    ]);
  }

  // What is sent: entries of elements that were taken out of the drawing stay behind in the page (undo gives them back).
  Sheet.prototype.sent = function sent(definitions) {
    if (!this.values) return null;
    const sheet = copy(this.values);
    const ids = new Set();
    const lanes = new Set();
    const messages = new Set();
    const called = new Set();
    for (const bo of everything(definitions.rootElements)) {
      ids.add(bo.id);
      if (bo.$type === 'bpmn:Lane') lanes.add(bo.name || bo.id);
      if (bo.get('qt:capability')) called.add(bo.get('qt:capability'));
      const waited = bo.messageRef || ((bo.eventDefinitions || []).find((one) => one.messageRef) || {}).messageRef;
      if (waited) messages.add(waited.name || waited.id);
    }
    const keep = (part, known) => {
      for (const key of Object.keys(sheet[part] || {})) if (!known.has(key)) delete sheet[part][key];
    };
    keep('steps', ids);
    keep('ends', ids);
    keep('lanes', lanes);
    keep('waits', new Set([...ids, ...messages]));
    const former = Array.isArray(sheet.capabilities) ? sheet.capabilities : [];
    const wanted = [...former.filter((name) => called.has(name)), ...[...called].filter((name) => !former.includes(name)).sort()];
    if (wanted.length || sheet.capabilities) sheet.capabilities = wanted;
    return sheet;
  };

  window.DrawingBoard.plainName = plainName;
  window.DrawingBoard.sheet = { __init__: ['sheet'], sheet: ['type', Sheet] };
})();
