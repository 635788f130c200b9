"""The flow: SpiffWorkflow, tamed. A pure function from a marking, an act and routing values to the next marking."""
