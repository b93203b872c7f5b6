/// Small maps in each format, right in themselves.
enum MapFormats {
    /// Two layouts with a lift between them, for two vehicle types, and a station.
    static let layout = """
        {
          "metaInformation": {
            "projectIdentification": "two floors", "creator": "a test", "exportTimestamp": "2026-01-01T00:00:00Z",
            "lifVersion": "1.0.0"
          },
          "layouts": [
            {
              "layoutId": "upper", "layoutVersion": "1", "layoutLevelId": "2",
              "nodes": [
                {"nodeId": "U1", "nodePosition": {"x": 5, "y": 0.04}, "vehicleTypeNodeProperties": []},
                {"nodeId": "U2", "nodePosition": {"x": 9.5, "y": 0}, "vehicleTypeNodeProperties": [
                  {"vehicleTypeId": "small", "theta": 1.5, "actions": [
                    {"actionType": "startCharging", "requirementType": "REQUIRED", "blockingType": "HARD"}]}]}
              ],
              "edges": [
                {"edgeId": "e3", "startNodeId": "U1", "endNodeId": "U2", "vehicleTypeEdgeProperties": [
                  {"vehicleTypeId": "small", "maxSpeed": 0.6}, {"vehicleTypeId": "big", "maxSpeed": 1.5}]},
                {"edgeId": "e4", "startNodeId": "U2", "endNodeId": "U1", "vehicleTypeEdgeProperties": [
                  {"vehicleTypeId": "small", "vehicleOrientation": 3.14159, "orientationType": "TANGENTIAL"}]},
                {"edgeId": "down", "startNodeId": "U1", "endNodeId": "G2", "vehicleTypeEdgeProperties": [
                  {"vehicleTypeId": "small"}]}
              ],
              "stations": [{"stationId": "kitchen", "interactionNodeIds": ["U2"]}]
            },
            {
              "layoutId": "ground", "layoutVersion": "1", "layoutLevelId": "1",
              "nodes": [
                {"nodeId": "G1", "nodePosition": {"x": 0, "y": 0}, "vehicleTypeNodeProperties": []},
                {"nodeId": "G2", "nodePosition": {"x": 5, "y": 0}, "vehicleTypeNodeProperties": []}
              ],
              "edges": [
                {"edgeId": "e1", "startNodeId": "G1", "endNodeId": "G2", "vehicleTypeEdgeProperties": [
                  {"vehicleTypeId": "small", "vehicleOrientation": 0}]},
                {"edgeId": "e2", "startNodeId": "G2", "endNodeId": "G1", "vehicleTypeEdgeProperties": [
                  {"vehicleTypeId": "small"}]},
                {"edgeId": "up", "startNodeId": "G2", "endNodeId": "U1", "vehicleTypeEdgeProperties": [
                  {"vehicleTypeId": "small"}]}
              ],
              "stations": []
            }
          ]
        }
        """

    /// Three nodes, one beyond 16 bits, and four edges, two of which are slow.
    static let routeGraph = """
        {
          "type": "FeatureCollection", "name": "corridor",
          "features": [
            {"type": "Feature", "properties": {"id": 0, "frame": "map"},
             "geometry": {"type": "Point", "coordinates": [0.0, 0.0]}},
            {"type": "Feature", "properties": {"id": 1, "frame": "map", "metadata": {"class": "kitchen", "seats": 4}},
             "geometry": {"type": "Point", "coordinates": [2.5, -1e-1]}},
            {"type": "Feature", "properties": {"id": 70000},
             "geometry": {"type": "Point", "coordinates": [2.5, 4]}},
            {"type": "Feature",
             "properties": {"id": 3, "startid": 0, "endid": 1, "metadata": {"abs_speed_limit": 0.4}},
             "geometry": {"type": "MultiLineString", "coordinates": [[[0, 0], [2.5, -0.1]]]}},
            {"type": "Feature", "properties": {"id": 4, "startid": 1, "endid": 0},
             "geometry": {"type": "LineString", "coordinates": [[2.5, -0.1], [0, 0]]}},
            {"type": "Feature",
             "properties": {"id": 5, "startid": 1, "endid": 70000, "metadata": {"speed_limit": 60}},
             "geometry": {"type": "LineString", "coordinates": [[2.5, -0.1], [2.5, 4]]}},
            {"type": "Feature", "properties": {"id": 6, "startid": 70000, "endid": 1, "cost": 3.5},
             "geometry": {"type": "LineString", "coordinates": [[2.5, 4], [2.5, -0.1]]}}
          ]
        }
        """

    /// Two levels with a lift and a door, as Open-RMF's generator writes them.
    static let navigationGraph = """
        building_name: small
        doors:
          front:
            endpoints:
            - [2.0, -4.0]
            - [2.0, -6.0]
            map: L1
        levels:
          L1:
            lanes:
            - - 0
              - 1
              - {door_name: front, orientation_constraint: forward, speed_limit: 0.5}
            - [1, 0, {door_name: front, orientation_constraint: backward, speed_limit: 0.5}]
            vertices:
            - [1.0, -5.0, {name: start, is_charger: true}]
            - - 5.0
              - -5.0
              - {lift: lift, name: ''}
          L2:
            lanes:
            - [0, 1, {is_bidirectional: false, mutex: narrow, dock_name: bay}]
            vertices:
            - [5.0, -5.0, {lift: lift, name: ''}]
            - [9.0, -5.0, {name: end}]
        lifts:
          lift:
            dims: [2.0, 3.0]
            position: [5.0, -5.0, 0.0]
        """
}
