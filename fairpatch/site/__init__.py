"""The fuse box: settings, urls, wsgi."""
