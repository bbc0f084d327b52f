// Backups of the whole store. Putting one back is vaultd's own: --restore.
#include "daemon/control/row_list.hpp"
#include "daemon/control/secret_steps.hpp"

#include <array>

namespace vault::control {
namespace {

json::object backup_to_json(const ports::Backup& backup) {
    const ports::BackupLabel& label = backup.label;
    json::object object{{"name", backup.name}, {"made_at", to_json(label.made_at)}};
    object["bytes"] = backup.file_bytes;
    object["deployment"] = label.deployment;
    object["master_key"] = label.master.value;
    object["batch"] = label.heads.batch;
    object["vaults"] = label.heads.vaults;
    object["entries"] = label.heads.entries;
    object["audit_seq"] = label.heads.audit_seq;
    object["audit_hash"] = to_hex(label.heads.audit_hash);
    return object;
}

// What the trail tells of a call whose work is done outside the engine.
boost::asio::awaitable<void> tell(Services& services, const Call& call, std::string object,
                                  Answer& answer) {
    ports::cmd::Note note;
    note.object = std::move(object);
    auto telling = tell_trail(services, call, std::move(note), answer);
    co_await std::move(telling);
}

Handled create(Services& services, const Call& call) {
    if (call.context.dry_run) {
        Answer rehearsed = answer_with(json::object{});
        rehearsed.warnings.emplace_back(kDryRun);
        co_return rehearsed;
    }
    // It is sealed under the master key, which the first secret would take into use.
    auto preparing = prepare_secrets(services, call.caller.user);
    const Result<void> prepared = co_await std::move(preparing);
    if (!prepared) co_return prepared.error();
    auto settling = settle(services, call);
    const Result<void> settled = co_await std::move(settling);
    if (!settled) co_return settled.error();
    auto making = services.backups.create();
    const Result<ports::Backup> backup = co_await std::move(making);
    if (!backup) co_return backup.error();
    Answer answer = answer_with(backup_to_json(backup.value()));
    const std::uint64_t batch = backup.value().label.heads.batch;
    auto telling = tell(services, call, fmt::format("backup@{}", batch), answer);
    co_await std::move(telling);
    co_return answer;
}

Handled list(Services& services, const Call&) {
    auto listing = services.backups.list();
    const Result<std::vector<ports::Backup>> backups = co_await std::move(listing);
    if (!backups) co_return backups.error();
    json::array rows;
    for (const ports::Backup& backup : backups.value())
        rows.push_back(backup_to_json(backup));
    co_return answer_with(rows);
}

Handled verify(Services& services, const Call& call) {
    auto proving = services.backups.verify(call.params.text("name"));
    const Result<ports::BackupProof> proof = co_await std::move(proving);
    if (!proof) co_return proof.error();
    json::object data{{"ok", proof.value().ok}};
    for (auto& member : backup_to_json(proof.value().backup))
        data[member.key()] = std::move(member.value());
    data["walked"] = proof.value().entries;
    data["problem"] = proof.value().problem;
    co_return answer_with(data);
}

constexpr std::array kRoutes{
    Route{"backup.create", &create},
    Route{"backup.list", &list},
    Route{"backup.verify", &verify},
};

}  // namespace

std::span<const Route> backup_routes() {
    return kRoutes;
}

}  // namespace vault::control
