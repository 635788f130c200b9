// The one class the pages need from bpmn-js: look, zoom, move; nothing can be edited.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

window.BpmnViewer = NavigatedViewer;
