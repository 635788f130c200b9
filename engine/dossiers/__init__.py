"""Dossiers: a case opened for a citizen: public service, slips, legal clock, control sheet."""
