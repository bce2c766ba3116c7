"""DOES: one public function is one deed, one transaction and its audit records."""
