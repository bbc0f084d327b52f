// Bytes -> lines of a script, and of the daemon to its runner: daemon/runner, with what they
// promise.
#include "common/base/check.hpp"
#include "daemon/runner/line_buffer.hpp"
#include "daemon/runner/script_lines.hpp"
#include "daemon/runner/seam_lines.hpp"
#include "tests/fuzz/entries.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace vault::fuzz {
namespace {

namespace json = boost::json;
using ports::ScriptComplaint;
using ports::ScriptDecision;

constexpr std::size_t kLineLimit = 300;

std::vector<std::string> lines_of(std::string_view bytes, std::size_t chunk) {
    std::vector<std::string> lines;
    runner::LineBuffer buffer(kLineLimit);
    while (!bytes.empty() && !buffer.too_long()) {
        buffer.add(bytes.substr(0, chunk));
        bytes.remove_prefix(std::min(chunk, bytes.size()));
        while (const auto line = buffer.next()) {
            VAULT_CHECK(line->size() <= kLineLimit, "no line is past the limit");
            lines.emplace_back(*line);
        }
    }
    return lines;
}

// What is said of a line goes to a log and to the daemon, whatever the line was.
void check_complaint(const ScriptComplaint& complaint) {
    VAULT_CHECK(!complaint.detail.empty(), "a complaint says what is wrong");
    const std::string told = runner::seam_failed_line("s", 1, complaint);
    VAULT_CHECK(std::count(told.begin(), told.end(), '\n') == 1, "it is one line");
    json::error_code fault;
    const json::value read = json::parse(told, fault);
    VAULT_CHECK(!fault && read.at("detail").get_string() == complaint.detail, "and JSON");
}

void check_decision(const std::string& line) {
    const auto spoken = runner::parse_decision(line);
    if (const auto* complaint = std::get_if<ScriptComplaint>(&spoken))
        return check_complaint(*complaint);
    const auto& decision = std::get<ScriptDecision>(spoken);
    json::error_code fault;
    const json::value read = json::parse(line, fault);
    VAULT_CHECK(!fault, "what is taken is JSON");
    const json::object& object = read.get_object();
    VAULT_CHECK(object.at("action").get_string() == ports::to_text(decision.action) &&
                    object.at("reason").get_string() == decision.reason,
                "a decision is what the line says");
    VAULT_CHECK(
        !decision.fraction || (decision.fraction->is_positive() && *decision.fraction <= kOne),
        "no more than all");
    VAULT_CHECK(!decision.state || decision.state->size() <= runner::kStateMost, "a small state");
    std::string again = runner::decision_line(decision);
    again.pop_back();
    const auto spoken_again = runner::parse_decision(again);
    VAULT_CHECK(std::holds_alternative<ScriptDecision>(spoken_again) &&
                    std::get<ScriptDecision>(spoken_again) == decision,
                "it is written as it is read");
}

void check_ask(const std::string& line) {
    const auto ask = runner::parse_ask(line);
    if (!ask) {
        VAULT_CHECK(!ask.error().hint().empty(), "the daemon is told what to do");
        return;
    }
    if (const auto* tick = std::get_if<runner::AskTick>(&ask.value()))
        VAULT_CHECK(tick->line.find('\n') == tick->line.size() - 1, "a tick is one line");
    if (const auto* start = std::get_if<runner::AskStart>(&ask.value())) {
        const ports::ScriptLimits& limits = start->spec.limits;
        VAULT_CHECK(limits.decision.count() > 0 && limits.start.count() > 0 &&
                        limits.memory_bytes > 0 && limits.processes > 0,
                    "no limit is nothing");
    }
}

}  // namespace

void scripts(std::string_view bytes) {
    const std::vector<std::string> lines = lines_of(bytes, bytes.size());
    VAULT_CHECK(lines_of(bytes, 7) == lines, "lines do not depend on how they come");
    for (const std::string& line : lines) {
        check_decision(line);
        check_ask(line);
        const auto hello = runner::parse_hello(line);
        if (const auto* complaint = std::get_if<ScriptComplaint>(&hello))
            check_complaint(*complaint);
    }
}

}  // namespace vault::fuzz
