#include "daemon/store/sqlite/loader.hpp"

#include "daemon/store/sqlite/codec.hpp"

#include <fmt/format.h>

namespace vault::store {

namespace {

template <class Row>
Result<std::vector<Row>> read_rows(Connection& connection, const std::string& query) {
    VAULT_TRY(auto statement, Statement::prepare(connection, query));
    std::vector<Row> rows;
    for (;;) {
        VAULT_TRY(const bool more, statement.step());
        if (!more) return rows;
        VAULT_TRY(auto row, decode<Row>(statement));
        rows.push_back(std::move(row));
    }
}

template <class Row>
Result<std::vector<Row>> read_all(Connection& connection, const std::string& rest) {
    return read_rows<Row>(connection, fmt::format("SELECT {} FROM {} {}", column_list<Row>(),
                                                  kTable<Row>.table, rest));
}

// All but the replies themselves, which are most of the table.
Result<std::vector<ports::IdempotencyRow>> known_replies(Connection& connection, UtcTime oldest) {
    return read_rows<ports::IdempotencyRow>(
        connection, fmt::format("SELECT user_name, key, request, '', at FROM reply WHERE at >= {} "
                                "ORDER BY user_name, key",
                                oldest.time_since_epoch().count()));
}

Result<ports::IdentityRows> read_identity(Connection& connection) {
    ports::IdentityRows rows;
    VAULT_TRY(rows.credentials, read_all<ports::CredentialRow>(connection, "ORDER BY user"));
    VAULT_TRY(rows.sessions, read_all<ports::SessionRow>(connection, "ORDER BY id"));
    VAULT_TRY(rows.tokens, read_all<ports::RobotTokenRow>(connection, "ORDER BY id"));
    VAULT_TRY(rows.totps, read_all<ports::TotpRow>(connection, "ORDER BY user"));
    VAULT_TRY(rows.recovery_codes,
              read_all<ports::RecoveryCodeRow>(connection, "ORDER BY user, code_hash"));
    VAULT_TRY(rows.attempts, read_all<ports::AttemptRow>(connection, "ORDER BY account, uid"));
    VAULT_TRY(
        const std::int64_t given,
        connection.query_int("SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = "
                             "'session'), 0), coalesce((SELECT max(id) FROM session), 0))"));
    rows.next_session = SessionId{static_cast<std::uint64_t>(given) + 1};
    return rows;
}

Result<ports::SecretRows> read_secrets(Connection& connection) {
    ports::SecretRows rows;
    VAULT_TRY(rows.masters, read_all<ports::MasterRow>(connection, "ORDER BY version"));
    VAULT_TRY(rows.data_keys, read_all<ports::DataKeyRow>(connection, "ORDER BY user, version"));
    VAULT_TRY(rows.fields,
              read_all<ports::FieldRow>(connection, "ORDER BY user, account, api_key, name"));
    return rows;
}

Result<std::vector<VaultId>> vault_ids(Connection& connection) {
    VAULT_TRY(auto statement, Statement::prepare(connection, "SELECT id FROM vault ORDER BY id"));
    std::vector<VaultId> ids;
    for (;;) {
        VAULT_TRY(const bool more, statement.step());
        if (!more) return ids;
        ids.push_back(VaultId{static_cast<std::uint32_t>(statement.integer(0))});
    }
}

Result<void> prove_each(Connection& connection, Prover& prover, Heads& heads) {
    VAULT_TRY(const auto vaults, vault_ids(connection));
    for (const VaultId vault : vaults) {
        VAULT_TRY(auto state, prover.start(vault));
        VAULT_TRYV(prover.advance(state, 0xffffffffU, 0xffffffffU));
        VAULT_TRYV(prover.compare_balances(state));
        VAULT_TRYV(heads.learn(vault));
    }
    return success();
}

}  // namespace

// One read transaction around it all: else each of the queries of each vault locks the file.
Result<void> prove_vaults(Connection& connection, Prover& prover, Heads& heads) {
    heads.forget();
    VAULT_TRYV(connection.exec("BEGIN"));
    auto proved = prove_each(connection, prover, heads);
    VAULT_TRYV(connection.exec("COMMIT"));
    return proved;
}

Result<ports::ShardMark> take_shard(Connection& connection, ShardId shard) {
    VAULT_TRY(auto take, Statement::prepare(connection,
                                            "INSERT INTO shard(id, n, epoch) VALUES(?, 0, 1) "
                                            "ON CONFLICT(id) DO UPDATE SET epoch = epoch + 1 "
                                            "RETURNING n, epoch"));
    take.bind(1, std::int64_t{shard.value});
    ports::ShardMark mark;
    // The statement is its own transaction; it commits when it has run to its end.
    for (;;) {
        VAULT_TRY(const bool row, take.step());
        if (!row) return mark;
        mark.n = BatchNo{static_cast<std::uint64_t>(take.integer(0))};
        mark.epoch = static_cast<std::uint64_t>(take.integer(1));
    }
}

Result<ports::Snapshot> read_snapshot(Connection& connection, const Heads& heads, AuditSeal& seal,
                                      ports::ShardMark mark, UtcTime now, Duration reply_age) {
    ports::Snapshot snapshot;
    snapshot.mark = mark;
    VAULT_TRY(snapshot.users, read_all<ports::UserRow>(connection, "ORDER BY id"));
    VAULT_TRY(snapshot.accounts, read_all<ports::AccountRow>(connection, "ORDER BY id"));
    VAULT_TRY(snapshot.vaults, read_all<ports::VaultRow>(connection, "ORDER BY id"));
    VAULT_TRY(snapshot.balances,
              read_all<ports::BalanceRow>(connection, "ORDER BY vault, ledger_account, asset"));
    VAULT_TRY(snapshot.states, read_all<ports::StateRow>(connection, "ORDER BY kind, id"));
    VAULT_TRY(snapshot.replies, known_replies(connection, now - reply_age));
    VAULT_TRY(const std::int64_t last_event,
              connection.query_int("SELECT coalesce(max(seq), 0) FROM event"));
    snapshot.last_event = static_cast<std::uint64_t>(last_event);
    VAULT_TRY(snapshot.audit, seal.proven_head());
    VAULT_TRY(snapshot.api_keys, read_all<ports::ApiKeyRow>(connection, "ORDER BY id"));
    VAULT_TRY(snapshot.key_policies, read_all<ports::KeyPolicyRow>(connection, "ORDER BY vault"));
    VAULT_TRY(snapshot.identity, read_identity(connection));
    VAULT_TRY(snapshot.secrets, read_secrets(connection));
    for (const auto& vault : snapshot.vaults) {
        const auto head = heads.head(vault.id);
        if (head.seq > 0) snapshot.heads[vault.id] = {head.seq, head.hash};
    }
    return snapshot;
}

Result<void> check_small_tables(Connection& connection, const std::string& path) {
    for (const char* table :
         {"meta",        "shard",      "user",          "account",    "vault",
          "balance",     "checkpoint", "state",         "credential", "session",
          "robot_token", "totp",       "recovery_code", "attempt",    "sqlite_sequence",
          "master_key",  "data_key",   "secret_field",  "api_key",    "key_policy"}) {
        auto found = connection.query_text(fmt::format("PRAGMA quick_check({})", table).c_str());
        const std::string text = found ? found.value() : found.error().message();
        if (text != "ok")
            return Error{Errc::StoreInvalid,
                         fmt::format("{} is damaged in table {}: {}", path, table, text), "store",
                         "restore the newest verified backup"};
    }
    return success();
}

}  // namespace vault::store
