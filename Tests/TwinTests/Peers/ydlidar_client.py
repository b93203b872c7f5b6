"""PyLidar3's X4 against the twin's: health, identity, two looks around, stop."""

import sys

import serial

# A pseudo-terminal has no DTR line; on the real adapter it starts the motor.
serial.Serial._update_dtr_state = lambda self: None

import PyLidar3


def main(path):
    lidar = PyLidar3.YdLidarX4(path)
    assert lidar.Connect(), "no connection"
    info = lidar.GetDeviceInfo()
    assert info["model_number"] == "6", info
    assert info["firmware_version"] == "1.5", info
    views = lidar.StartScanning()
    next(views)
    view = next(views)
    lidar.StopScanning()
    near = [view[degree] for degree in range(10, 80)]
    far = [view[degree] for degree in range(100, 350)]
    assert sum(1 for mm in near if abs(mm - 1000) <= 2) >= 65, near
    assert sum(1 for mm in far if abs(mm - 3000) <= 2) >= 230, far
    assert lidar.GetHealthStatus(), "health"
    lidar.Disconnect()
    print("all right")


main(sys.argv[1])
