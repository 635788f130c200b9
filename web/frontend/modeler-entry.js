// The drawing board of the quality officer: bpmn-js's modeler with a small map. What it may draw and what it says in which
// language is decided by web/static/js/modeler*.js.
import Modeler from 'bpmn-js/lib/Modeler';
import minimap from 'diagram-js-minimap';

class BpmnModeler extends Modeler {
  constructor(options = {}) {
    super({ ...options, additionalModules: [minimap, ...(options.additionalModules || [])] });
  }
}

window.BpmnModeler = BpmnModeler;
