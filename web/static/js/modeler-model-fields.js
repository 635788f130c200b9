// Fields of the panel that the BPMN file holds.
window.DrawingBoard = window.DrawingBoard || {};
(() => {
  'use strict';
  const vi = document.documentElement.lang !== 'en';
  const ID = /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/;
  const SIMPLE = /^\s*=?\s*([a-z_]\w*)\s*(==|!=)\s*("[^"\\]*"|true|false|null|-?\d+(?:\.\d+)?)\s*$/;

  window.DrawingBoard.modelFields = (panel) => {
    const { facts, modeler } = panel;
    const root = () => modeler.getDefinitions();
    const attribute = (name) => ({
      get: () => panel.bo.get(name),
      set: (value) => panel.update({ [name]: value || undefined }),
    });
    // An expression that stands in an element of its own (conditionExpression, timeDuration, condition …).
    const expression = (owner, name) => ({
      get: () => (owner() && owner().get(name) ? owner().get(name).body : ''),
      set: (value) => {
        const body = value.trim() ? panel.make('bpmn:FormalExpression', { body: value.trim() }) : undefined;
        if (body) body.$parent = owner();
        panel.updateInner(owner(), { [name]: body });
      },
    });

    // A message, signal, error or escalation is an element of the file that events point to by name.
    const pointed = (type, reference, key, owner) => ({
      get: () => (owner()[reference] ? owner()[reference].get(key) || owner()[reference].id : ''),
      set: (value) => {
        const name = window.DrawingBoard.plainName(value);
        if (!name) return panel.updateInner(owner(), { [reference]: undefined });
        let found = root().rootElements.find((one) => one.$type === type && one.get(key) === name);
        const former = owner()[reference];
        // Nobody else speaks of the former one: it is called otherwise now, and what the sheet says of it goes along.
        if (!found && former && panel.users(reference, former) === 1) return rename(former, key, name);
        if (!found) {
          found = panel.make(type, { name, [key]: name });
          found.$parent = root();
          panel.updateInner(root(), { rootElements: [...root().rootElements, found] });
        }
        return panel.updateInner(owner(), { [reference]: found });
      },
    });
    const rename = (former, key, name) => {
      const was = former.get(key) || former.id;
      panel.updateInner(former, { name, [key]: name });
      if (former.$type === 'bpmn:Message') panel.sheet.rename(panel.element, ['messages', 'waits'], was, name);
    };
    const event = () => panel.definition;
    const receiving = () => (['bpmn:ReceiveTask', 'bpmn:SendTask'].includes(panel.bo.$type) ? panel.bo : panel.definition);

    const known = (type) => root().rootElements.filter((one) => one.$type === type).map((one) => [one.name || one.id, '']);

    const parameters = () => ((panel.bo.extensionElements && panel.bo.extensionElements.values) || []).filter((one) => /(^|:)parameter$/i.test(one.$type));
    const valueOf = (name) => {
      const found = parameters().find((one) => one.get('name') === name);
      return found ? found.get('value') || '' : '';
    };
    const setParameter = (name, value) => {
      const others = ((panel.bo.extensionElements && panel.bo.extensionElements.values) || []).filter((one) => !parameters().includes(one) || one.get('name') !== name);
      const values = value ? [...others, panel.make('qt:Parameter', { name, value })] : others;
      const extensionElements = panel.make('bpmn:ExtensionElements', { values });
      for (const one of values) one.$parent = extensionElements;
      panel.update({ extensionElements: values.length ? extensionElements : undefined });
    };
    const kinds = () => Object.keys(panel.sheet.read('slips') || {}).map((kind) => [kind, (facts.words.slips || {})[kind] || kind]);
    const parameterRow = (name) => (made) => {
      const [choice, typed] = made.querySelectorAll('select, input');
      const value = valueOf(name);
      const label = made.querySelector('label');
      label.textContent = facts.words.parameters[name] || name;
      label.htmlFor = choice.id = `p-${name}`;
      typed.setAttribute('aria-label', label.textContent);
      if (name === 'kind') choice.replaceChildren(choice.querySelector('[value=""]'), ...kinds().map(([kind, said]) => new Option(said, kind)));
      else for (const [answer, said] of Object.entries(facts.answers)) choice.append(new Option(`${said} (${answer})`, `=${answer}`));
      const known = [...choice.options].some((option) => option.value === value);
      choice.value = known ? value : value.startsWith('=') ? 'expression' : 'text';
      typed.hidden = known;
      typed.value = known ? '' : value;
      typed.toggleAttribute('data-expression', value.startsWith('='));
      choice.addEventListener('change', () => {
        typed.hidden = !['text', 'expression'].includes(choice.value);
        if (typed.hidden) setParameter(name, choice.value);
        else {
          typed.toggleAttribute('data-expression', choice.value === 'expression');
          typed.value = choice.value === 'expression' ? '=' : '';
          typed.focus();
        }
      });
      typed.addEventListener('change', () => setParameter(name, typed.value.trim()));
    };

    const loop = () => panel.bo.loopCharacteristics;
    const condition = expression(() => panel.bo, 'conditionExpression');
    const simple = () => SIMPLE.exec(condition.get() || '') || [];
    const setSimple = (name, operator, word) => {
      if (name) condition.set(`${name} ${operator || '=='} ${word || 'null'}`);
    };
    const wordsOf = (name) => (panel.names().find((one) => one.name === name) || { words: [] }).words;

    return {
      'common.name': { get: () => panel.bo.name, set: (value) => panel.update({ name: value.trim() }) },
      'common.id': {
        get: () => panel.bo.id,
        set: (value) => {
          if (!ID.test(value)) return vi ? 'Mã chỉ gồm chữ không dấu, chữ số và gạch dưới.' : 'Letters without accents, digits and underscores only.';
          const taken = modeler.get('elementRegistry').get(value) || modeler.get('moddle').ids.assigned(value);
          if (taken && value !== panel.bo.id) return vi ? 'Mã này đã dùng cho phần tử khác.' : 'Another element has this id.';
          if (value !== panel.bo.id) panel.update({ id: value });
          return null;
        },
      },
      'common.documentation': {
        get: () => ((panel.bo.documentation || [])[0] || {}).text,
        set: (value) => panel.update({ documentation: value.trim() ? [panel.make('bpmn:Documentation', { text: value.trim() })] : [] }),
      },
      'service.capability': {
        ...attribute('qt:capability'),
        options: () => Object.entries(facts.capabilities).map(([name, known]) => [name, known.title]),
      },
      'service.parameters': {
        rows: () => {
          const known = (facts.capabilities[panel.bo.get('qt:capability')] || { parameters: [] }).parameters;
          const names = parameters().map((one) => one.get('name'));
          return [...known, ...names.filter((name) => !known.includes(name))].map(parameterRow);
        },
      },
      'rule.decision': { ...attribute('qt:decision'), options: () => Object.entries(facts.decisions) },
      'rule.result': attribute('qt:result'),
      'script.source': { get: () => panel.bo.script, set: (value) => panel.update({ script: value.trim() || undefined }) },
      'call.element': attribute('calledElement'),
      'loop.condition': expression(loop, 'loopCondition'),
      'loop.maximum': { get: () => loop().get('loopMaximum'), set: (value) => panel.updateInner(loop(), { loopMaximum: value ? Number(value) : undefined }) },
      'message.name': { ...pointed('bpmn:Message', 'messageRef', 'name', receiving), suggest: () => known('bpmn:Message') },
      'message.correlation': attribute('qt:correlation'),
      'signal.name': { ...pointed('bpmn:Signal', 'signalRef', 'name', event), suggest: () => known('bpmn:Signal') },
      'error.code': pointed('bpmn:Error', 'errorRef', 'errorCode', event),
      'escalation.code': pointed('bpmn:Escalation', 'escalationRef', 'escalationCode', event),
      'conditional.condition': expression(event, 'condition'),
      'flow.name': { get: () => simple()[1], set: (value) => setSimple(value, simple()[2], (wordsOf(value)[0] || [])[0]), options: () => panel.names().map((one) => [one.name, one.label ? `${one.label} (${one.name})` : one.name]) },
      'flow.operator': { get: () => simple()[2] || '==', set: (value) => setSimple(simple()[1], value, simple()[3]) },
      'flow.word': { get: () => simple()[3], set: (value) => setSimple(simple()[1], simple()[2], value), options: () => wordsOf(simple()[1]) },
      'flow.condition': condition,
      'flow.is_default': {
        get: () => panel.bo.sourceRef.default === panel.bo,
        set: (value) => {
          panel.modeling.updateProperties(panel.element.source, { default: value ? panel.bo : undefined });
          if (value && condition.get()) condition.set('');
        },
      },
    };
  };
})();
