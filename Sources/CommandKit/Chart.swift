// A row of figures as a picture: SVG, the same bytes for the same figures.
//
// No fonts are measured, so nothing depends on the machine: labels have a column of their own, figures stand
// behind the bars. A figure below nothing is drawn as nothing; its number is still written.

public struct Chart: Sendable {
  public enum Kind: String, CaseIterable, Sendable { case bar, line }

  public struct Point: Sendable {
    public var label: String
    public var size: Double
    /// The figure as it is written.
    public var text: String

    public init(label: String, size: Double, text: String) {
      (self.label, self.size, self.text) = (label, size, text)
    }
  }

  public var title: String
  public var kind: Kind
  public var points: [Point]

  public init(title: String, kind: Kind, points: [Point]) {
    (self.title, self.kind, self.points) = (title, kind, points)
  }

  private static let width = 760
  private static let head = 44
  private static let row = 26
  private static let labels = 220
  private static let bars = 440
  private static let lineHeight = 240

  public var svg: String {
    let body = kind == .bar ? barRows : linePath
    let height = kind == .bar ? Chart.head + points.count * Chart.row + 12 : Chart.head + 300
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Chart.width) \(height)" width="\(Chart.width)" \
      height="\(height)" font-family="sans-serif" font-size="13">
      <title>\(Chart.escaped(title))</title>
      <rect width="100%" height="100%" fill="#fff"/>
      <text x="12" y="26" font-size="16">\(Chart.escaped(title))</text>
      \(body)</svg>

      """
  }

  private var largest: Double { max(points.map(\.size).max() ?? 0, 1e-9) }

  /// How much of `room` a point takes, in whole steps.
  private func share(_ point: Point, of room: Int) -> Int {
    Int((max(0, point.size) / largest * Double(room)).rounded())
  }

  private var barRows: String {
    var body = ""
    for (number, point) in points.enumerated() {
      let y = Chart.head + number * Chart.row
      let length = share(point, of: Chart.bars)
      body += """
        <text x="\(Chart.labels - 8)" y="\(y + 16)" text-anchor="end">\(Chart.escaped(point.label))</text>
        <rect x="\(Chart.labels)" y="\(y + 3)" width="\(length)" height="18" fill="#2b6cb0"/>
        <text x="\(Chart.labels + length + 6)" y="\(y + 16)">\(Chart.escaped(point.text))</text>

        """
    }
    return body
  }

  private var linePath: String {
    let step = Double(Chart.width - 80) / Double(max(1, points.count - 1))
    let places = points.enumerated().map { number, point in
      (
        point: point, x: 40 + Int((Double(number) * step).rounded()),
        y: Chart.head + Chart.lineHeight - share(point, of: Chart.lineHeight - 20)
      )
    }
    let path = places.map { "\($0.x),\($0.y)" }.joined(separator: " ")
    var body =
      "<polyline points=\"\(path)\" fill=\"none\" stroke=\"#2b6cb0\" stroke-width=\"2\"/>\n"
    for place in places {
      body += """
        <circle cx="\(place.x)" cy="\(place.y)" r="3" fill="#2b6cb0"/>
        <text x="\(place.x)" y="\(place.y - 8)" text-anchor="middle">\(Chart.escaped(place.point.text))</text>
        <text x="\(place.x)" y="\(Chart.head + Chart.lineHeight + 24)" text-anchor="middle" font-size="11">\
        \(Chart.escaped(place.point.label))</text>

        """
    }
    return body
  }

  /// Text for SVG and HTML: no markup, and no control characters.
  public static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in TextWidth.oneLine(text) {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      default: escaped.append(character)
      }
    }
    return escaped
  }
}
