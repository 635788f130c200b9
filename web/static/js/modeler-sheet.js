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
    this.forms = {};
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
        own.rename(element, ['steps', 'waits', 'ends'], was.id, bo.id);
        own.follow(element, was.id, bo.id);
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

    // Copies keep what the sheet says of the original; the original's form serves both until the copy gets its own.
    const copied = new WeakMap();
    eventBus.on('copyPaste.copyElement', 500, ({ descriptor, element }) => {
      const said = {};
      for (const part of ['steps', 'waits', 'ends']) if (read(own.values, [part, element.id]) !== undefined) said[part] = copy(own.values[part][element.id]);
      if (said.steps && !said.steps.form && own.forms[element.id] !== undefined) said.steps.form = element.id;
      descriptor.said = said;
    });
    eventBus.on('copyPaste.pasteElement', 500, ({ descriptor }) => {
      if (descriptor.said && descriptor.businessObject) copied.set(descriptor.businessObject, descriptor.said);
    });
    eventBus.on('commandStack.shape.create.postExecute', ({ context }) => {
      const { shape } = context;
      const said = !shape.labelTarget && copied.get(shape.businessObject);
      if (!said || !own.values) return;
      copied.delete(shape.businessObject);
      const id = own.freeId(plainName(shape.businessObject.name || ''));
      if (id) modeling.updateProperties(shape, { id });
      for (const [part, entry] of Object.entries(said)) own.change(shape, [part, shape.businessObject.id], entry);
    });

    // An entry under another name, where that name is free.
    this.rename = (element, parts, was, name) => {
      for (const part of parts) {
        const said = read(own.values, [part, was]);
        if (said === undefined || read(own.values, [part, name]) !== undefined) continue;
        own.change(element, [part, name], said);
        own.change(element, [part, was], undefined);
      }
    };
    // What speaks of a step by its id speaks of it under the new one; its form keeps its name.
    this.follow = (element, was, id) => {
      const step = read(own.values, ['steps', id]);
      if (own.forms[was] !== undefined && own.forms[id] === undefined && !(step && step.form)) own.change(element, ['steps', id, 'form'], was);
      for (const [name, entry] of Object.entries(own.values.steps || {})) {
        if (entry && entry.borrows_from === was) own.change(element, ['steps', name, 'borrows_from'], id);
      }
      for (const [name, entry] of Object.entries(own.values.messages || {})) {
        const closed = (entry && entry.closed_while) || [];
        if (closed.includes(was)) own.change(element, ['messages', name, 'closed_while'], closed.map((one) => (one === was ? id : one)));
      }
      const pairs = own.values.separate || [];
      if (pairs.flat().includes(was)) own.change(element, ['separate'], pairs.map((pair) => pair.map((one) => (one === was ? id : one))));
    };

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
    if (sheet.separate) sheet.separate = sheet.separate.filter((pair) => pair.every((id) => ids.has(id)));
    if (sheet.separate && !sheet.separate.length) delete sheet.separate;
    const former = Array.isArray(sheet.capabilities) ? sheet.capabilities : [];
    const wanted = [...former.filter((name) => called.has(name)), ...[...called].filter((name) => !former.includes(name)).sort()];
    if (wanted.length || sheet.capabilities) sheet.capabilities = wanted;
    return sheet;
  };

  window.DrawingBoard.plainName = plainName;
  window.DrawingBoard.sheet = { __init__: ['sheet'], sheet: ['type', Sheet] };
})();
