#pragma once
// What bench, sim, campaign and fuzz programs report: a table for people on stderr and, with
// --json, one JSON object per line on stdout, which ./dev collects in
// build/figures/<command>.jsonl. The format is that of design/architecture.md: {"name", "value",
// "unit", "baseline", "ratio", "goal", "met", "runs", "failures", "seed", "command"}; what does not
// apply is null. One thread.
#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vault::bench {

struct Figure {
    std::string name;
    std::optional<double> value = {};
    std::string unit = {};
    std::optional<double> baseline = {};  // measured in the same run, in the same unit
    std::optional<double> ratio = {};     // usually value / baseline
    std::string goal = {};                // for a person, ">= 0.70 of the raw loop"
    std::optional<bool> met = {};
    std::optional<std::uint64_t> runs = {}, failures = {}, seed = {};
};

class Figures {
  public:
    // Takes the program's arguments: the last one "--json" asks for JSON lines.
    Figures(int argc, const char* const* argv)
        : json_(argc > 1 && std::string_view{argv[argc - 1]} == "--json"),
          command_(argc > 0 ? argv[0] : "") {
        const std::size_t slash = command_.rfind('/');
        if (slash != std::string::npos) command_.erase(0, slash + 1);
        for (int i = 1; i < argc - (json_ ? 1 : 0); ++i)
            command_ += fmt::format(" {}", argv[i]);
    }

    void add(Figure figure) {
        print(figure);
        if (json_) fmt::print("{}\n", json(figure));
        std::fflush(stdout);
        any_missed_ = any_missed_ || (figure.met && !*figure.met);
    }
    // 0, or 1 if a goal was missed.
    int exit_code() const { return any_missed_ ? 1 : 0; }

  private:
    static std::string number(const std::optional<double>& x) {
        return x && std::isfinite(*x) ? fmt::format("{:.6g}", *x) : "null";
    }
    static std::string whole(const std::optional<std::uint64_t>& x) {
        return x ? std::to_string(*x) : "null";
    }
    static std::string quoted(std::string_view text) {
        if (text.empty()) return "null";
        std::string out = "\"";
        for (const char c : text) {
            if (c == '"' || c == '\\') out += '\\';
            if (static_cast<unsigned char>(c) < 0x20)
                out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
            else
                out += c;
        }
        return out + '"';
    }
    std::string json(const Figure& f) const {
        const char* const met = !f.met ? "null" : *f.met ? "true" : "false";
        return fmt::format(
            R"({{"name":{},"value":{},"unit":{},"baseline":{},"ratio":{},"goal":{},"met":{},)"
            R"("runs":{},"failures":{},"seed":{},"command":{}}})",
            quoted(f.name), number(f.value), quoted(f.unit), number(f.baseline), number(f.ratio),
            quoted(f.goal), met, whole(f.runs), whole(f.failures), whole(f.seed), quoted(command_));
    }
    void print(const Figure& f) {
        const auto cell = [](std::string text) { return text == "null" ? std::string{"-"} : text; };
        if (!std::exchange(header_done_, true))
            fmt::print(stderr, "{:<44} {:>12} {:<14} {:>12} {:>7}  {}\n", "figure", "value", "unit",
                       "baseline", "ratio", "goal");
        fmt::print(stderr, "{:<44} {:>12} {:<14} {:>12} {:>7}  {}{}\n", f.name,
                   cell(number(f.value)), f.unit, cell(number(f.baseline)), cell(number(f.ratio)),
                   f.goal,
                   !f.met   ? ""
                   : *f.met ? " (met)"
                            : " (MISSED)");
    }

    bool json_;
    std::string command_;
    bool header_done_ = false;
    bool any_missed_ = false;
};

}  // namespace vault::bench
