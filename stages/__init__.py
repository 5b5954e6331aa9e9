"""One module per stage of the pipeline that `dvc.yaml` declares, and what the stages share."""
