"""torch._C: libraries ask whether it holds a name before they use one."""


def _log_api_usage_once(event):
    """Nothing: no use is counted here."""
