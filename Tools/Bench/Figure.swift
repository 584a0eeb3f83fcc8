// One line of the result, and how it is printed: as text, or as JSON.
//
// A figure is a number with its bar where it has one: at most so much, so lower is better. Whether a bar
// is met is told and never changes the exit code; a noisy machine is no failure.

struct Figure {
  let name: String
  let what: String
  let value: Double
  let unit: String
  /// At most this.
  var bar: Double?
  var remark = ""

  init(
    _ name: String, _ what: String, _ value: Double, unit: String, bar: Double? = nil,
    remark: String = ""
  ) {
    self.name = name
    self.what = what
    self.value = value
    self.unit = unit
    self.bar = bar
    self.remark = remark
  }

  /// The ratio of ours to a baseline, with the rates that it comes from.
  init(_ name: String, _ what: String, _ comparison: Comparison, of operations: Int, bar: Double) {
    let rates = comparison.rates(of: operations)
    let spread = "\(decimal(comparison.spread.lowerBound))–\(decimal(comparison.spread.upperBound))"
    let speeds = "\(thousands(rates.ours))/s against \(thousands(rates.baseline))/s"
    let wall = "wall \(decimal(comparison.wallRatio)) ×"
    self.init(
      name, what, comparison.ratio, unit: "×", bar: bar,
      remark: "\(spread); \(speeds) of processor time; \(wall)")
  }

  var line: String {
    let verdict = bar.map { value <= $0 ? "met ≤ \(decimal($0))" : "MISSED ≤ \(decimal($0))" } ?? ""
    let number = unit == "×" ? decimal(value) : whole(value)
    return [
      padded(name, 5), padded(what, 46), padded("\(number) \(unit)", 16), padded(verdict, 14),
      remark,
    ].joined(separator: " ")
  }

  var json: String {
    let bar = bar.map { "\($0)" } ?? "null"
    return """
      {"bar":\(bar),"name":"\(name)","remark":"\(remark)","unit":"\(unit)","value":\(value),\
      "what":"\(what)"}
      """
  }
}

/// Two digits behind the point.
func decimal(_ number: Double) -> String {
  let hundredths = Int((number * 100).rounded())
  let cents = hundredths % 100
  return "\(hundredths / 100).\(cents < 10 ? "0" : "")\(cents)"
}

func whole(_ number: Double) -> String { "\(Int(number.rounded()))" }
func thousands(_ number: Double) -> String { "\(decimal(number / 1_000))k" }

private func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}
