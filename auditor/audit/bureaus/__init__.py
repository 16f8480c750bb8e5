"""Many bureaus (多个单位): a folder of logs each, audited one after another, by worker processes, or on a cluster."""
