#include "daemon/control/config_commands.hpp"

#include "common/protocol/codec.hpp"
#include "daemon/control/arguments.hpp"
#include "daemon/control/json_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vault::control {

namespace {

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

std::string_view word_of(ports::ConfigFate fate) {
    switch (fate) {
        case ports::ConfigFate::Applied: return "applied";
        case ports::ConfigFate::NeedsRestart: return "needs_restart";
        case ports::ConfigFate::Rejected: return "rejected";
    }
    return {};
}

std::size_t count(const ports::ConfigReload& report, ports::ConfigFate fate) {
    return static_cast<std::size_t>(
        std::ranges::count(report.changes, fate, &ports::ConfigChange::fate));
}

std::string_view result_of(const ports::ConfigReload& report) {
    if (!report.ok) return "rejected";
    if (count(report, ports::ConfigFate::Applied) > 0) return "applied";
    return report.changes.empty() ? "unchanged" : "needs_restart";
}

json::object change_to_json(const ports::ConfigChange& change) {
    json::object object{{"key", text_or_null(change.key)}, {"result", word_of(change.fate)}};
    if (change.fate != ports::ConfigFate::Rejected) {
        object["from"] = change.from;
        object["to"] = change.to;
    }
    object["where"] = text_or_null(change.where);
    if (!change.message.empty()) object["message"] = change.message;
    return object;
}

// What a person should know beyond the list.
std::string message_of(const ports::ConfigReload& report, bool dry_run) {
    const std::size_t applied = count(report, ports::ConfigFate::Applied);
    const std::size_t waiting = count(report, ports::ConfigFate::NeedsRestart);
    if (!report.ok) {
        const std::size_t wrong = report.changes.size();
        return fmt::format("{} {} wrong; nothing {} changed", wrong, wrong == 1 ? "is" : "are",
                           dry_run ? "would be" : "was");
    }
    if (report.changes.empty()) return "nothing differs from what is running";
    std::string text;
    if (applied > 0) text = fmt::format("{} {}applied", applied, dry_run ? "would be " : "");
    if (waiting > 0)
        text += fmt::format("{}{} wait{} for a restart", text.empty() ? "" : ", ", waiting,
                            waiting == 1 ? "s" : "");
    return text;
}

json::object report_to_json(const ports::ConfigReload& report, bool dry_run) {
    json::array changes;
    json::array faults;
    for (const ports::ConfigChange& change : report.changes) {
        changes.push_back(change_to_json(change));
        if (change.fate == ports::ConfigFate::Rejected)
            faults.emplace_back(fmt::format("{}{}{}", change.where,
                                            change.where.empty() ? "" : ": ", change.message));
    }
    json::object object{{"ok", report.ok},
                        {"result", result_of(report)},
                        {"message", message_of(report, dry_run)},
                        {"file", text_or_null(report.file)},
                        {"at", to_json(report.at)},
                        {"by", report.by}};
    if (!faults.empty()) object["faults"] = std::move(faults);
    object["changes"] = std::move(changes);
    return object;
}

Answer answer_of(const ports::ConfigReload& report, bool dry_run) {
    Answer answer;
    answer.repeated = report.repeated;
    answer.data_json = protocol::to_compact(report_to_json(report, dry_run));
    return answer;
}

Handled reload(Services& services, const Call& call) {
    const bool dry_run = call.context.dry_run;
    auto reloading =
        services.configuration.reload({call.context.actor, call.context.idem_key, dry_run});
    const Result<ports::ConfigReload> report = co_await std::move(reloading);
    if (!report) co_return report.error();
    Answer answer = answer_of(report.value(), dry_run);
    if (!dry_run && !answer.repeated) {
        ports::cmd::Note note{report.value().ok, message_of(report.value(), false)};
        auto telling = tell_trail(services, call, std::move(note), answer);
        co_await std::move(telling);
    }
    co_return answer;
}

// What a reload would do.
Handled check(Services& services, const Call& call) {
    auto reloading = services.configuration.reload({call.context.actor, {}, true});
    const Result<ports::ConfigReload> report = co_await std::move(reloading);
    if (!report) co_return report.error();
    co_return answer_of(report.value(), true);
}

Handled show(Services& services, const Call& call) {
    const ports::ConfigView& view = services.configuration.show();
    const bool origins = call.params.flag("origin");
    json::object object = config_summary(view);
    object["state_dir"] = view.state_dir;
    json::array rows;
    for (const ports::ConfigKey& key : view.keys) {
        json::object row{{"key", key.key}, {"value", key.value}};
        if (key.pending) row["pending"] = *key.pending;
        if (origins) {
            row["origin"] = key.origin;
            row["where"] = text_or_null(key.where);
        }
        row["default"] = key.fallback;
        row["applies"] = key.live ? "reload" : "restart";
        rows.push_back(std::move(row));
    }
    object["keys"] = std::move(rows);
    Answer answer;
    answer.data_json = protocol::to_compact(object);
    co_return answer;
}

constexpr std::array kRoutes{
    Route{"config.show", &show},
    Route{"config.check", &check},
    Route{"config.reload", &reload},
};

}  // namespace

json::object config_summary(const ports::ConfigView& view) {
    json::array waiting;
    for (const std::string& key : view.pending_keys())
        waiting.emplace_back(key);
    json::object object{{"file", text_or_null(view.file)}, {"needs_restart", std::move(waiting)}};
    object["last_reload"] = nullptr;
    if (const auto& last = view.last_reload)
        object["last_reload"] = json::object{{"at", to_json(last->at)},
                                             {"by", last->by},
                                             {"ok", last->ok},
                                             {"result", result_of(*last)},
                                             {"message", message_of(*last, false)}};
    return object;
}

std::span<const Route> config_routes() {
    return kRoutes;
}

}  // namespace vault::control
