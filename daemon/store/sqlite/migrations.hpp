#pragma once
// The migrations as SQL text, oldest first. A migration that was released is never edited: a change
// of the schema is a new one at the end. Decimals are canonical text, times milliseconds since
// 1970, hashes 32 bytes. entry.id is vault * 2^32 + seq, which makes (vault, seq) the row's own
// key.
#include <array>

namespace vault::store {

inline constexpr const char* kMigration0001 = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE shard(id INTEGER PRIMARY KEY, n INTEGER NOT NULL, epoch INTEGER NOT NULL) STRICT;
CREATE TABLE user(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL,
  wallets TEXT NOT NULL, created_at INTEGER NOT NULL, created_by TEXT NOT NULL) STRICT;
CREATE TABLE account(id INTEGER PRIMARY KEY, user INTEGER NOT NULL REFERENCES user(id),
  exchange TEXT NOT NULL, label TEXT NOT NULL, created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL, UNIQUE(user, label)) STRICT;
CREATE TABLE vault(id INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES account(id),
  user INTEGER NOT NULL REFERENCES user(id), asset TEXT NOT NULL, mode TEXT NOT NULL,
  created_at INTEGER NOT NULL, created_by TEXT NOT NULL, UNIQUE(account, asset)) STRICT;
CREATE TABLE entry(id INTEGER PRIMARY KEY,
  vault INTEGER NOT NULL GENERATED ALWAYS AS (id >> 32) VIRTUAL REFERENCES vault(id),
  seq INTEGER NOT NULL GENERATED ALWAYS AS (id & 4294967295) VIRTUAL,
  tx INTEGER NOT NULL, kind TEXT NOT NULL, cause TEXT NOT NULL, at INTEGER NOT NULL,
  user INTEGER NOT NULL, account INTEGER NOT NULL, mode TEXT NOT NULL, actor TEXT NOT NULL,
  postings TEXT NOT NULL, prev_hash BLOB NOT NULL CHECK(length(prev_hash) = 32),
  hash BLOB NOT NULL CHECK(length(hash) = 32)) STRICT;
CREATE UNIQUE INDEX entry_cause ON entry(vault, kind, cause);
CREATE TABLE balance(vault INTEGER NOT NULL REFERENCES vault(id), ledger_account TEXT NOT NULL,
  asset TEXT NOT NULL, amount TEXT NOT NULL,
  PRIMARY KEY(vault, ledger_account, asset)) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoint(vault INTEGER PRIMARY KEY REFERENCES vault(id), seq INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK(length(hash) = 32), balances TEXT NOT NULL,
  signature BLOB NOT NULL) STRICT;
CREATE TABLE orders(vault INTEGER NOT NULL, sleeve TEXT NOT NULL, number INTEGER NOT NULL,
  user INTEGER NOT NULL, account INTEGER NOT NULL, mode TEXT NOT NULL, actor TEXT NOT NULL,
  pair TEXT NOT NULL, side TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
  end_reason TEXT NOT NULL, requested TEXT NOT NULL, filled_quantity TEXT NOT NULL,
  filled_cost TEXT NOT NULL, fee TEXT NOT NULL, decided_at INTEGER NOT NULL, ended_at INTEGER,
  UNIQUE(vault, sleeve, number)) STRICT;
CREATE INDEX orders_vault ON orders(vault, decided_at);
CREATE INDEX orders_time ON orders(decided_at, user);
CREATE TABLE fill(user INTEGER NOT NULL, account INTEGER NOT NULL, mode TEXT NOT NULL,
  actor TEXT NOT NULL, vault INTEGER NOT NULL, sleeve TEXT NOT NULL, number INTEGER NOT NULL,
  trade_id TEXT NOT NULL, at INTEGER NOT NULL, side TEXT NOT NULL, price TEXT NOT NULL,
  quantity TEXT NOT NULL, cost TEXT NOT NULL, fee TEXT NOT NULL, fee_asset TEXT NOT NULL,
  pair TEXT NOT NULL, reason TEXT NOT NULL, realised TEXT NOT NULL, cycle INTEGER NOT NULL,
  UNIQUE(account, trade_id)) STRICT;
CREATE INDEX fill_vault ON fill(vault, at);
CREATE INDEX fill_time ON fill(at, user);
CREATE TABLE decision(vault INTEGER NOT NULL, sleeve TEXT NOT NULL, user INTEGER NOT NULL,
  account INTEGER NOT NULL, mode TEXT NOT NULL, actor TEXT NOT NULL, pair TEXT NOT NULL,
  at INTEGER NOT NULL, "check" TEXT NOT NULL, action TEXT NOT NULL, reason TEXT NOT NULL,
  repeats INTEGER NOT NULL, figures TEXT NOT NULL, order_number INTEGER NOT NULL) STRICT;
CREATE INDEX decision_vault ON decision(vault, at);
CREATE INDEX decision_time ON decision(at, user);
CREATE TABLE price(account INTEGER NOT NULL, pair TEXT NOT NULL, at INTEGER NOT NULL,
  price TEXT NOT NULL, PRIMARY KEY(account, pair, at)) STRICT, WITHOUT ROWID;
CREATE TABLE allocation(vault INTEGER NOT NULL, user INTEGER NOT NULL, account INTEGER NOT NULL,
  mode TEXT NOT NULL, actor TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL,
  sleeve TEXT NOT NULL, amount TEXT NOT NULL, tradeable_after TEXT NOT NULL,
  unallocated_after TEXT NOT NULL, quiet_after TEXT NOT NULL, flash_after TEXT NOT NULL) STRICT;
CREATE INDEX allocation_vault ON allocation(vault, at);
CREATE INDEX allocation_time ON allocation(at, user);
CREATE TABLE sweep(vault INTEGER NOT NULL, sleeve TEXT NOT NULL, user INTEGER NOT NULL,
  account INTEGER NOT NULL, mode TEXT NOT NULL, actor TEXT NOT NULL, at INTEGER NOT NULL,
  kind TEXT NOT NULL, amount TEXT NOT NULL, cause TEXT NOT NULL, cycle INTEGER NOT NULL) STRICT;
CREATE INDEX sweep_vault ON sweep(vault, at);
CREATE INDEX sweep_time ON sweep(at, user);
CREATE TABLE pause(level TEXT NOT NULL, target TEXT NOT NULL, action TEXT NOT NULL,
  user INTEGER NOT NULL, account INTEGER NOT NULL, mode TEXT NOT NULL, actor TEXT NOT NULL,
  at INTEGER NOT NULL, why TEXT NOT NULL) STRICT;
CREATE INDEX pause_time ON pause(at, user);
CREATE TABLE cycle(vault INTEGER NOT NULL, sleeve TEXT NOT NULL, user INTEGER NOT NULL,
  account INTEGER NOT NULL, mode TEXT NOT NULL, actor TEXT NOT NULL, number INTEGER NOT NULL,
  pair TEXT NOT NULL, opened_at INTEGER NOT NULL, closed_at INTEGER NOT NULL, cost TEXT NOT NULL,
  proceeds TEXT NOT NULL, fees TEXT NOT NULL, realised TEXT NOT NULL, swept TEXT NOT NULL) STRICT;
CREATE INDEX cycle_vault ON cycle(vault, closed_at);
CREATE INDEX cycle_time ON cycle(closed_at, user);
CREATE TABLE day_close(vault INTEGER NOT NULL, sleeve TEXT NOT NULL, user INTEGER NOT NULL,
  account INTEGER NOT NULL, mode TEXT NOT NULL, actor TEXT NOT NULL, day INTEGER NOT NULL,
  balance TEXT NOT NULL, equity TEXT NOT NULL, realised TEXT NOT NULL, unrealised TEXT NOT NULL,
  fees TEXT NOT NULL, swept TEXT NOT NULL, principal TEXT NOT NULL, vault_total TEXT NOT NULL,
  vault_tradeable TEXT NOT NULL, UNIQUE(vault, sleeve, day)) STRICT;
CREATE INDEX day_close_vault ON day_close(vault, day);
CREATE INDEX day_close_time ON day_close(day, user);
CREATE TABLE notice(user INTEGER NOT NULL, account INTEGER NOT NULL, mode TEXT NOT NULL,
  actor TEXT NOT NULL, at INTEGER NOT NULL, severity TEXT NOT NULL, event TEXT NOT NULL,
  object TEXT NOT NULL, message TEXT NOT NULL) STRICT;
CREATE INDEX notice_user ON notice(user, at);
CREATE INDEX notice_time ON notice(at, user);
CREATE TABLE reply(user_name TEXT NOT NULL, key TEXT NOT NULL, request BLOB NOT NULL,
  reply TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(user_name, key)) STRICT, WITHOUT ROWID;
CREATE INDEX reply_time ON reply(at);
CREATE TABLE state(kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY(kind, id)) STRICT;
)sql";

// The event log: notices of before become its first events.
inline constexpr const char* kMigration0002 = R"sql(
CREATE TABLE event(seq INTEGER PRIMARY KEY, user INTEGER NOT NULL, account INTEGER NOT NULL,
  mode TEXT NOT NULL, actor TEXT NOT NULL, at INTEGER NOT NULL, severity TEXT NOT NULL,
  type TEXT NOT NULL, object TEXT NOT NULL, message TEXT NOT NULL, data TEXT NOT NULL) STRICT;
INSERT INTO event SELECT row_number() OVER (ORDER BY rowid), user, account, mode, actor, at,
  severity, event, object, message, '{}' FROM notice ORDER BY rowid;
DROP TABLE notice;
CREATE INDEX event_user ON event(user, at);
CREATE INDEX event_time ON event(at, user);
)sql";

// The audit trail. Nothing ever deletes from it.
inline constexpr const char* kMigration0003 = R"sql(
CREATE TABLE audit(seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL,
  user INTEGER NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL, outcome TEXT NOT NULL,
  message TEXT NOT NULL, params TEXT NOT NULL,
  prev_hash BLOB NOT NULL CHECK(length(prev_hash) = 32),
  hash BLOB NOT NULL CHECK(length(hash) = 32)) STRICT;
CREATE INDEX audit_time ON audit(at);
CREATE INDEX audit_user ON audit(user, seq);
CREATE INDEX audit_actor ON audit(actor, seq);
CREATE INDEX audit_object ON audit(object, seq);
)sql";

// Sign-in and secrets. Users of before are active and may do what their role may. Hashes, nonces,
// ciphertexts and whatever need not be UTF-8 are blobs. An id of a session is never given twice:
// sqlite_sequence keeps the highest, and has a row from the start. event_owner holds a user's
// events in the order of seq, for lists of one's own.
inline constexpr const char* kMigration0004 = R"sql(
ALTER TABLE user ADD COLUMN status TEXT NOT NULL DEFAULT 'active';
ALTER TABLE user ADD COLUMN permissions TEXT NOT NULL
  DEFAULT 'trade,allocate,keys,reports,live';
CREATE INDEX event_owner ON event(user);
CREATE TABLE credential(user INTEGER PRIMARY KEY REFERENCES user(id), password_hash TEXT NOT NULL,
  must_change INTEGER NOT NULL CHECK(must_change IN (0, 1)), changed_at INTEGER NOT NULL) STRICT;
CREATE TABLE session(id INTEGER PRIMARY KEY AUTOINCREMENT,
  token_hash BLOB NOT NULL UNIQUE CHECK(length(token_hash) = 32),
  user INTEGER NOT NULL REFERENCES user(id), uid INTEGER NOT NULL, created_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL, stepped_up_at INTEGER, origin TEXT NOT NULL) STRICT;
INSERT INTO sqlite_sequence(name, seq) VALUES('session', 0);
CREATE TABLE robot_token(id INTEGER PRIMARY KEY,
  token_hash BLOB NOT NULL UNIQUE CHECK(length(token_hash) = 32),
  user INTEGER NOT NULL REFERENCES user(id), uid INTEGER NOT NULL, label TEXT NOT NULL,
  patterns TEXT NOT NULL, calls_per_minute INTEGER NOT NULL, created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, revoked_at INTEGER, last_used_at INTEGER) STRICT;
CREATE TABLE totp(user INTEGER PRIMARY KEY REFERENCES user(id), hash TEXT NOT NULL,
  digits INTEGER NOT NULL, period INTEGER NOT NULL,
  confirmed INTEGER NOT NULL CHECK(confirmed IN (0, 1)), last_step INTEGER NOT NULL,
  enrolled_at INTEGER NOT NULL) STRICT;
CREATE TABLE recovery_code(user INTEGER NOT NULL REFERENCES user(id),
  code_hash BLOB NOT NULL CHECK(length(code_hash) = 32), used_at INTEGER,
  PRIMARY KEY(user, code_hash)) STRICT, WITHOUT ROWID;
CREATE TABLE attempt(account BLOB NOT NULL, uid INTEGER NOT NULL, checks TEXT NOT NULL,
  failures INTEGER NOT NULL, last_at INTEGER NOT NULL, succeeded_at INTEGER,
  PRIMARY KEY(account, uid)) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_time ON attempt(last_at);
CREATE TABLE master_key(version INTEGER PRIMARY KEY, least INTEGER NOT NULL,
  nonce BLOB NOT NULL CHECK(length(nonce) = 24), ciphertext BLOB NOT NULL) STRICT;
CREATE TABLE data_key(user INTEGER NOT NULL REFERENCES user(id), version INTEGER NOT NULL,
  least INTEGER NOT NULL, master INTEGER NOT NULL,
  nonce BLOB NOT NULL CHECK(length(nonce) = 24), ciphertext BLOB NOT NULL,
  PRIMARY KEY(user, version)) STRICT, WITHOUT ROWID;
CREATE TABLE secret_field(user INTEGER NOT NULL REFERENCES user(id), account INTEGER NOT NULL,
  api_key INTEGER NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL,
  nonce BLOB NOT NULL CHECK(length(nonce) = 24), ciphertext BLOB NOT NULL,
  PRIMARY KEY(user, account, api_key, name)) STRICT, WITHOUT ROWID;
)sql";

// API keys and the rules by which vaults pick one. No key and no secret: these are sealed, in
// secret_field. Of a struct that is not there (checked = 0, withdrawal_allowed = 0) every column is
// NULL. Nothing ever deletes a key; replaced_by and pinned may name one that comes later in its
// batch.
inline constexpr const char* kMigration0005 = R"sql(
CREATE TABLE api_key(id INTEGER PRIMARY KEY, user INTEGER NOT NULL REFERENCES user(id),
  account INTEGER NOT NULL REFERENCES account(id), label TEXT NOT NULL, shown TEXT NOT NULL,
  digest BLOB NOT NULL CHECK(length(digest) = 32), state TEXT NOT NULL,
  state_since INTEGER NOT NULL, state_reason TEXT NOT NULL, created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL, checked INTEGER NOT NULL CHECK(checked IN (0, 1)), check_at INTEGER,
  check_signature_accepted INTEGER CHECK(check_signature_accepted IN (0, 1)),
  check_query_funds INTEGER CHECK(check_query_funds IN (0, 1)),
  check_trade INTEGER CHECK(check_trade IN (0, 1)),
  check_withdraw INTEGER CHECK(check_withdraw IN (0, 1)), check_ip TEXT,
  check_expires_at INTEGER, check_message TEXT, next_check_at INTEGER,
  checks_without_answer INTEGER NOT NULL,
  account_identity BLOB CHECK(length(account_identity) = 32), calls INTEGER NOT NULL,
  errors INTEGER NOT NULL, recent INTEGER NOT NULL, auth_errors_in_row INTEGER NOT NULL,
  latency_us INTEGER NOT NULL, last_success INTEGER, last_error TEXT NOT NULL,
  rate_left_pct INTEGER, replaced_by INTEGER,
  withdrawal_allowed INTEGER NOT NULL CHECK(withdrawal_allowed IN (0, 1)), withdrawal_by TEXT,
  withdrawal_at INTEGER,
  CHECK(CASE checked WHEN 1 THEN check_at IS NOT NULL AND check_signature_accepted IS NOT NULL
      AND check_query_funds IS NOT NULL AND check_trade IS NOT NULL
      AND check_withdraw IS NOT NULL AND check_ip IS NOT NULL AND check_message IS NOT NULL
    ELSE coalesce(check_at, check_signature_accepted, check_query_funds, check_trade,
      check_withdraw, check_ip, check_expires_at, check_message) IS NULL END),
  CHECK(CASE withdrawal_allowed WHEN 1 THEN withdrawal_by IS NOT NULL
      AND withdrawal_at IS NOT NULL
    ELSE coalesce(withdrawal_by, withdrawal_at) IS NULL END)) STRICT;
CREATE TABLE key_policy(vault INTEGER PRIMARY KEY REFERENCES vault(id), policy TEXT NOT NULL,
  pinned INTEGER) STRICT;
)sql";

// What is not known of an account after a restore. Nothing was missed of the accounts of before.
inline constexpr const char* kMigration0006 = R"sql(
ALTER TABLE account ADD COLUMN history_unread_since INTEGER;
ALTER TABLE account ADD COLUMN history TEXT NOT NULL DEFAULT '';
)sql";

inline constexpr std::array kMigrations{kMigration0001, kMigration0002, kMigration0003,
                                        kMigration0004, kMigration0005, kMigration0006};

}  // namespace vault::store
