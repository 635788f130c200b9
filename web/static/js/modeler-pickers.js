// Pickers for what the BPMN file says in a notation: how often a step is done and when that is enough, timers, what an event carries.
window.DrawingBoard = window.DrawingBoard || {};
(() => {
  'use strict';
  const vi = document.documentElement.lang !== 'en';
  const ENOUGH = /^\s*=?\s*(?:numberOfCompletedInstances\s*>=\s*(\d+)|count_of\(\s*(\w+)\s*,\s*("[^"\\]*"|true|false)\s*\)\s*>=\s*(\d+))\s*$/;
  const PERIOD = /^P(?:(\d+)([DW])|T(\d+)([MH]))$/;
  const CYCLE = /^R(\d*)\/(?:([^/P][^/]*)\/)?(P[^/]+)$/;
  const LOOPS = { several: 'bpmn:MultiInstanceLoopCharacteristics', again: 'bpmn:StandardLoopCharacteristics' };

  window.DrawingBoard.pickerFields = (panel) => {
    const { facts } = panel;
    const loop = () => panel.bo.loopCharacteristics;
    const body = (owner, name) => (owner && owner.get(name) ? owner.get(name).body || '' : '');
    const said = (owner, name, text) => {
      const made = text ? panel.make('bpmn:FormalExpression', { body: text }) : undefined;
      if (made) made.$parent = owner;
      return { [name]: made };
    };
    // A list or its element is named, not drawn: a stand-in with that name is enough for the file.
    const named = (type, name) => (name ? Object.assign(panel.make(type, { id: name }), { $parent: loop() }) : undefined);
    const referred = (name) => (name ? window.DrawingBoard.standIn(panel.modeler, name) : undefined);
    const item = (key) => (loop() && loop().get(key) ? loop().get(key).name || loop().get(key).id : '');
    const list = (key) => (loop() && loop().get(key) ? loop().get(key).id : '');
    const setItem = (key, type, name) => {
      const plain = window.DrawingBoard.plainName(name);
      const made = plain ? panel.make(type, { name: plain }) : undefined;
      if (made) made.$parent = loop();
      return { [key]: made };
    };

    const isList = () => Boolean(loop().get('loopDataInputRef') || loop().get('inputDataItem'));
    const choicesOf = (name) => (panel.stepFields().find((one) => one.name === name) || { words: [] }).words;
    const enough = () => {
      const text = body(loop(), 'completionCondition');
      const found = ENOUGH.exec(text);
      if (!text.trim()) return { how: 'all' };
      if (!found) return { how: 'expression' };
      return found[1] ? { how: 'done', count: found[1] } : { how: 'answers', list: found[2], word: found[3], count: found[4] };
    };
    const setEnough = (how, count, word) => {
      const number = Math.max(1, Number(count) || 2);
      const results = list('loopDataOutputRef');
      if (how === 'answers' && !results) return vi ? 'Chọn trước mục trả lời cần gom.' : 'Choose first which answer is gathered.';
      const first = (choicesOf(item('outputDataItem'))[0] || ['true'])[0];
      const text = { all: '', done: `numberOfCompletedInstances >= ${number}`, answers: `count_of(${results}, ${word || first}) >= ${number}`, expression: body(loop(), 'completionCondition') || 'numberOfActiveInstances == 0' }[how];
      panel.updateInner(loop(), said(loop(), 'completionCondition', text));
      return null;
    };

    const timer = () => panel.definition;
    const kind = () => ['timeDuration', 'timeDate', 'timeCycle'].find((one) => timer().get(one)) || 'timeDuration';
    const text = () => body(timer(), kind()).trim();
    const cycle = () => (kind() === 'timeCycle' ? CYCLE.exec(text()) || ['', '', '', ''] : null);
    const period = () => {
      const found = PERIOD.exec(cycle() ? cycle()[3] : text());
      return found ? { number: found[1] || found[3], unit: found[2] || `T${found[4]}` } : { number: '', unit: 'D' };
    };
    const written = (number, unit) => (unit.startsWith('T') ? `PT${number}${unit[1]}` : `P${number}${unit}`);
    const setTimer = (value) => panel.updateInner(timer(), said(timer(), kind(), value));
    const setPeriod = (number, unit) => {
      if (!/^[1-9]\d{0,4}$/.test(number)) return vi ? 'Ghi số nguyên lớn hơn 0.' : 'A whole number above 0, please.';
      const made = written(number, unit);
      return setTimer(cycle() ? `R${cycle()[1]}/${cycle()[2] ? `${cycle()[2]}/` : ''}${made}` : made);
    };
    const moment = (value) => (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.exec(value || '') || [''])[0];
    const isRead = () => kind() === 'timeDate' && /^=\s*\w+$/.test(text());

    // What a thrown event carries along: parameters of the element, named by whoever draws.
    const carried = () => ((panel.bo.extensionElements && panel.bo.extensionElements.values) || []).filter((one) => /(^|:)parameter$/i.test(one.$type));
    const setCarried = (rows) => {
      const others = ((panel.bo.extensionElements && panel.bo.extensionElements.values) || []).filter((one) => !carried().includes(one));
      const values = [...others, ...rows.map(([name, value]) => panel.make('qt:Parameter', { name, value }))];
      const extensionElements = panel.make('bpmn:ExtensionElements', { values });
      for (const one of values) one.$parent = extensionElements;
      panel.update({ extensionElements: values.length ? extensionElements : undefined });
    };
    const carriedPairs = () => carried().map((one) => [one.get('name') || '', one.get('value') || '']);
    const carriedRow = ([name, value], index) => (made) => {
      const [word, source] = made.querySelectorAll('input');
      [word.value, source.value] = [name, value];
      const save = () => setCarried(carriedPairs().map((one, place) => (place === index ? [window.DrawingBoard.plainName(word.value) || 'gia_tri', source.value.trim()] : one)));
      word.addEventListener('change', save);
      source.addEventListener('change', save);
      made.querySelector('[data-remove]').addEventListener('click', () => setCarried(carriedPairs().filter((_, place) => place !== index)));
    };

    const offers = (chosen) => chosen.map((one) => [one.name, one.label && one.label !== one.name ? `${one.label} (${one.name})` : one.name]);

    return {
      'activity.repeat': {
        get: () => (loop() ? (loop().$type === LOOPS.again ? 'again' : loop().isSequential ? 'in_turn' : 'together') : ''),
        set: (how) => {
          const type = how === 'again' ? LOOPS.again : LOOPS.several;
          if (how && loop() && loop().$type === type) panel.updateInner(loop(), { isSequential: how === 'in_turn' });
          else {
            const made = how ? panel.make(type, how === 'again' ? { loopMaximum: 3 } : { isSequential: how === 'in_turn' }) : undefined;
            if (made && how !== 'again') Object.assign(made, said(made, 'loopCardinality', '2'));
            if (made) made.$parent = panel.bo;
            panel.update({ loopCharacteristics: made });
          }
        },
      },
      'several.over': {
        get: () => (isList() ? 'list' : 'number'),
        set: (over) => panel.updateInner(loop(), over === 'list'
          ? { loopCardinality: undefined, loopDataInputRef: referred((facts.lists[0] || { name: 'danh_sach' }).name), ...setItem('inputDataItem', 'bpmn:DataInput', 'nguoi') }
          : { loopDataInputRef: undefined, inputDataItem: undefined, ...said(loop(), 'loopCardinality', '2') }),
      },
      'several.cardinality': {
        get: () => body(loop(), 'loopCardinality'),
        set: (value) => panel.updateInner(loop(), said(loop(), 'loopCardinality', value.trim())),
        hidden: isList,
      },
      'several.list': {
        get: () => list('loopDataInputRef'),
        set: (value) => panel.updateInner(loop(), { loopDataInputRef: referred(window.DrawingBoard.plainName(value)) }),
        suggest: () => offers(facts.lists),
        hidden: () => !isList(),
      },
      'several.item': {
        get: () => item('inputDataItem'),
        set: (value) => panel.updateInner(loop(), setItem('inputDataItem', 'bpmn:DataInput', value)),
        hidden: () => !isList(),
      },
      'several.collect': {
        get: () => item('outputDataItem'),
        options: () => offers(panel.stepFields()),
        set: (name) => panel.updateInner(loop(), { ...setItem('outputDataItem', 'bpmn:DataOutput', name), loopDataOutputRef: name ? referred(list('loopDataOutputRef') || `${name}_list`) : undefined }),
      },
      'several.result': {
        get: () => list('loopDataOutputRef'),
        set: (name) => panel.updateInner(loop(), { loopDataOutputRef: referred(window.DrawingBoard.plainName(name)) }),
        hidden: () => !item('outputDataItem'),
      },
      'several.enough': { get: () => enough().how, set: (how) => setEnough(how, enough().count, enough().word) },
      'several.count': { get: () => enough().count, set: (count) => setEnough(enough().how, count, enough().word), hidden: () => !enough().count },
      'several.word': {
        get: () => enough().word,
        set: (word) => setEnough('answers', enough().count, word),
        options: () => choicesOf(item('outputDataItem')),
        hidden: () => enough().how !== 'answers',
      },
      'several.completion': {
        get: () => body(loop(), 'completionCondition'),
        set: (value) => panel.updateInner(loop(), said(loop(), 'completionCondition', value.trim())),
        names: () => [...['numberOfInstances', 'numberOfCompletedInstances', 'numberOfActiveInstances', list('loopDataOutputRef')].filter(Boolean).map((name) => ({ name, label: '', words: [] }))],
        hidden: () => enough().how !== 'expression',
      },
      'timer.kind': {
        get: () => (isRead() ? 'read' : kind()),
        set: (chosen) => {
          const first = { timeDuration: 'P1D', timeDate: '', timeCycle: 'R3/P1D', read: `=${(facts.moments[0] || { name: 'han' }).name}` }[chosen];
          const name = chosen === 'read' ? 'timeDate' : chosen;
          panel.updateInner(timer(), { timeDuration: undefined, timeDate: undefined, timeCycle: undefined, ...said(timer(), name, first || `${new Date().getFullYear() + 1}-01-01T07:30:00+07:00`) });
        },
      },
      'timer.number': { get: () => period().number, set: (value) => setPeriod(value.trim(), period().unit), hidden: () => kind() === 'timeDate' },
      'timer.unit': { get: () => period().unit, set: (unit) => setPeriod(period().number || '1', unit) },
      'timer.times': {
        get: () => (cycle() || [])[1],
        set: (times) => setTimer(`R${times.trim()}/${cycle()[2] ? `${cycle()[2]}/` : ''}${cycle()[3]}`),
        hidden: () => !cycle(),
      },
      'timer.at': {
        get: () => moment(cycle() ? cycle()[2] : text()),
        set: (value) => {
          const made = value ? `${value}:00+07:00` : '';
          return setTimer(cycle() ? `R${cycle()[1]}/${made ? `${made}/` : ''}${cycle()[3]}` : made);
        },
        hidden: () => kind() === 'timeDuration' || isRead(),
      },
      'timer.read': {
        get: () => text().replace(/^=\s*/, ''),
        set: (name) => setTimer(`=${name}`),
        options: () => offers(facts.moments),
        hidden: () => !isRead(),
      },
      'timer.value': { get: text, set: (value) => setTimer(value.trim()) },
      'event.carried': { rows: () => carriedPairs().map(carriedRow) },
      'event.add_carried': { set: () => setCarried([...carriedPairs(), [`gia_tri_${carried().length + 1}`, '=']]) },
      'message.correlation_name': {
        get: () => (/^=?\s*\w+\s*$/.test(panel.bo.get('qt:correlation') || '') ? `=${panel.bo.get('qt:correlation').replace(/^=?\s*/, '').trim()}` : panel.bo.get('qt:correlation')),
        set: (value) => panel.update({ 'qt:correlation': value || undefined }),
        options: () => offers(panel.names()).map(([name, label]) => [`=${name}`, label]),
      },
    };
  };

  // A name the file refers to without drawing it (a list of people): kept in the file by a stand-in that is written nowhere else.
  window.DrawingBoard.standIn = (modeler, name) => modeler.get('moddle').create('bpmn:DataInput', { id: name });

  // The reader of the file drops references to what is not drawn; they are put back as they were.
  window.DrawingBoard.restore = (modeler, warnings) => {
    for (const { element, property, value } of warnings) {
      if (element && /loopData(Input|Output)Ref$/.test(property || '') && value) element.set(property, window.DrawingBoard.standIn(modeler, value));
    }
  };
})();
