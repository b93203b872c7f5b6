"""Reads the twin's Daly battery with python-daly-bms, over a serial port, and prints what it saw as JSON."""
import json
import sys

from dalybms import DalyBMS

bms = DalyBMS(request_retries=3, address=4)
bms.connect(sys.argv[1])
print(
    json.dumps(
        {
            "soc": bms.get_soc(),
            "cells": bms.get_cell_voltage_range(),
            "temperatures": bms.get_temperature_range(),
            "switches": bms.get_mosfet_status(),
            "status": bms.get_status(),
            "errors": bms.get_errors(),
        }
    )
)
bms.disconnect()
