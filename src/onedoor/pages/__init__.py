"""Pages of HTML in one file: no script from elsewhere, no request, everything escaped."""
