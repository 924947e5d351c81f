"""torch._C: empty; libraries ask whether it holds a name before they use one."""
