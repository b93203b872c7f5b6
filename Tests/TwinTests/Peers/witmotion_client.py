"""Listens to the twin's WitMotion unit with the public `witmotion` client and prints what it saw as JSON."""
import collections
import json
import sys
import time

from witmotion import IMU

# Version 0.0.1 starts its thread before it has made this; a frame that comes at once would end the thread.
IMU.subscribers = collections.defaultdict(list)
imu = IMU(path=sys.argv[1], baudrate=9600)
deadline = time.monotonic() + 10
while time.monotonic() < deadline:
    time.sleep(0.1)
    if imu.get_acceleration() and imu.get_angular_velocity():
        break
print(json.dumps({"acceleration": imu.get_acceleration(), "rate": imu.get_angular_velocity()}))
sys.stdout.flush()
imu.close()
