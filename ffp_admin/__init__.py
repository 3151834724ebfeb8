"""Low-code forms, ledgers and paper for county work on preventing a return to poverty (防止返贫致贫)."""

__version__ = "0.1.0"
