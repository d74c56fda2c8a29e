"""The sans-IO protocol core: values in, values out; no clock, socket or file."""
