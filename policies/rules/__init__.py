"""Pure functions of policy: no database, no clock, no Django."""
