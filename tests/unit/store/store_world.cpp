#include "tests/unit/store/store_world.hpp"

#include "daemon/ledger/canonical.hpp"
#include "daemon/store/people_fields.hpp"
#include "daemon/store/sqlite/connection.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <future>
#include <stdlib.h>

namespace vault::store::test {

namespace {

const Asset kUsdt = Asset::parse("USDT").value();
const Pair kPair = Pair::parse("ETH/USDT").value();

std::string show(const ports::Nonce& x) {
    return fmt::format("{:02x}", fmt::join(x, ""));
}
std::string show(const ports::TotpHash& x) {
    return std::to_string(static_cast<int>(x));
}
std::string show(const Bytes<const std::string>& x) {
    return x.value;
}
std::string show(const Absent&) {
    return "-";
}
template <class T>
std::string show(const Presence<const std::optional<T>>& x) {
    return x.value ? "there" : "not there";
}

template <class T>
std::string show(const T& x);

template <class T>
std::string show(const std::optional<T>& x) {
    return x ? show(*x) : "-";
}

template <class T>
std::string show(const std::vector<T>& x) {
    std::string all;
    for (const T& item : x)
        all.append(show(item)).push_back(' ');
    return all;
}

template <class T>
std::string show(const T& x) {
    if constexpr (std::is_same_v<T, std::string>)
        return x;
    else if constexpr (std::is_same_v<T, UtcTime>)
        return format_utc(x);
    else if constexpr (std::is_same_v<T, Digest>)
        return to_hex(x);
    else if constexpr (std::is_same_v<T, PermissionSet>)
        return to_text(x);
    else if constexpr (std::is_same_v<T, Decimal> || std::is_same_v<T, Pair>)
        return x.text();
    else if constexpr (std::is_same_v<T, Asset>)
        return std::string{x.text()};
    else if constexpr (std::is_enum_v<T>)
        return std::string{to_text(x)};
    else if constexpr (std::is_integral_v<T>)
        return std::to_string(x);
    else
        return show(x.value);
}

template <class Row>
std::string rows_text(const std::vector<Row>& rows) {
    std::string text;
    for (const Row& row : rows) {
        text.append(kTable<Row>.table);
        fields(row, [&text](const char* name, const auto& value) {
            text.append(" ").append(name).append("=").append(show(value));
        });
        text.push_back('\n');
    }
    return text;
}

}  // namespace

TempDir::TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "vault-store-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
}

TempDir::~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

ports::Batch BatchMaker::next() {
    ports::Batch batch;
    batch.shard = kShard;
    batch.n = BatchNo{++n_};
    batch.epoch = epoch_;
    now_ += std::chrono::seconds{1};
    return batch;
}

ports::Owner BatchMaker::owner(VaultId vault) const {
    return {UserId{1}, AccountId{vault.value}, Mode::Paper, "u1"};
}

Decimal BatchMaker::amount() {
    return Decimal::from_raw(
        static_cast<Decimal::Raw>(random_.below(1'000'000'000'000'000)) * 1'000'000'007 + 1);
}

std::string BatchMaker::text(std::size_t longest) {
    static constexpr const char* kParts[] = {"a", "Z", "9", " ", "'", "\"", "\\", "é", "€", "\n"};
    std::string text;
    for (auto left = random_.below(longest + 1); left > 0; --left)
        text.append(kParts[random_.below(std::size(kParts))]);
    return text;
}

void BatchMaker::open_vaults(ports::Batch& batch, std::uint32_t count) {
    batch.users.push_back({UserId{1},
                           "ann",
                           Role::Admin,
                           UserStatus::Active,
                           PermissionSet::all(),
                           {kUsdt},
                           now_,
                           "engine"});
    for (std::uint32_t i = 1; i <= count; ++i) {
        batch.accounts.push_back(
            {AccountId{i}, UserId{1}, "paper", fmt::format("a{}", i), now_, "u1"});
        batch.vaults.push_back(
            {VaultId{i}, AccountId{i}, UserId{1}, kUsdt, Mode::Paper, now_, "u1"});
    }
}

void BatchMaker::deposit(ports::Batch& batch, VaultId vault, const std::string& cause) {
    const Decimal paid = amount();
    const std::vector<ledger::Posting> postings{
        {ledger::account(ledger::AccountKind::Reserve), kUsdt, paid},
        {ledger::account(ledger::AccountKind::External), kUsdt, -paid}};
    auto& head = heads_[vault];
    ledger::Entry entry{vault,
                        head.seq + 1,
                        head.seq + 1,
                        ledger::EntryKind::Deposit,
                        cause.empty() ? fmt::format("funding:{}", ++serial_) : cause,
                        Mode::Paper,
                        now_,
                        "u1",
                        postings,
                        head.hash,
                        {}};
    entry.hash = ledger::entry_hash(entry);
    head = {entry.seq, entry.hash};
    batch.entries.push_back({vault, entry.seq, entry.tx, "deposit", entry.cause, now_, owner(vault),
                             ledger::postings_json(postings), entry.prev_hash, entry.hash});
    auto& total = deposits_[vault];
    total += paid;
    batch.balances.push_back({vault, "reserve", kUsdt, total});
    batch.balances.push_back({vault, "external", kUsdt, -total});
}

ports::FillRow BatchMaker::fill(VaultId vault, const std::string& trade_id) {
    const OrderId order{vault, SleeveKind::Flash, 1};
    return {owner(vault),
            {order, trade_id, now_, Side::Buy, Price{amount()}, Quantity{amount()}, amount(),
             amount(), kUsdt},
            kPair,
            text(5),
            -amount(),
            7};
}

void BatchMaker::history(ports::Batch& batch, VaultId vault) {
    const auto sleeve = random_.below(2) == 0 ? SleeveKind::Quiet : SleeveKind::Flash;
    const auto who = owner(vault);
    ++serial_;
    std::optional<UtcTime> ended;
    if (random_.below(2) == 0) ended = now_;
    batch.orders.push_back({{vault, sleeve, static_cast<std::uint32_t>(random_.below(9) + 1)},
                            who,
                            kPair,
                            Side::Sell,
                            OrderState::Partial,
                            text(9),
                            text(9),
                            amount(),
                            amount(),
                            amount(),
                            amount(),
                            now_,
                            ended});
    batch.fills.push_back(fill(vault, fmt::format("T{}", serial_)));
    batch.decisions.push_back({vault, sleeve, who, kPair, now_, "buy", "wait", text(9),
                               random_.below(1'000), "{\"x\":1}", 3});
    batch.prices.push_back({who.account, kPair, now_, amount()});
    batch.allocations.push_back({vault, who, now_, "allocate", std::string{to_text(sleeve)},
                                 amount(), amount(), amount(), amount(), amount()});
    batch.sweeps.push_back({vault, sleeve, who, now_, "flash_sweep", amount(), text(9), 4});
    batch.pauses.push_back({"sleeve", to_text(vault) + "." + std::string{to_text(sleeve)}, "pause",
                            who, now_, text(20)});
    batch.cycles.push_back({vault, sleeve, who, 4, kPair, now_, now_, amount(), amount(), amount(),
                            -amount(), amount()});
    const UtcTime day = floor_day(now_) + std::chrono::hours{24 * serial_};
    batch.day_closes.push_back({vault, sleeve, who, day, amount(), amount(), amount(), amount(),
                                amount(), amount(), amount(), amount(), amount()});
    batch.events.push_back(
        {next_event(), who, now_, "info", "deposit", to_text(vault), text(30), "{}"});
    batch.replies.push_back({"ann", fmt::format("k{}", serial_), sha256(text(5)), "{}", kStart});
    batch.states.push_back({"vault", to_text(vault), text(40)});
}

std::string BatchMaker::bytes(std::size_t longest) {
    std::string bytes(below(static_cast<std::uint32_t>(longest)) + 1, '\0');
    for (char& byte : bytes)
        byte = static_cast<char>(below(256));
    return bytes;
}

ports::Sealed BatchMaker::sealed() {
    ports::Sealed sealed;
    for (auto& byte : sealed.nonce)
        byte = static_cast<std::uint8_t>(below(256));
    sealed.ciphertext = bytes(40);
    return sealed;
}

ports::FieldRow BatchMaker::secret_field() {
    return {{UserId{1}, AccountId{below(2)}, ApiKeyId{below(2)}, fmt::format("n{}", below(3))},
            ports::DataKeyVersion{below(3) + 1},
            sealed()};
}

void BatchMaker::put_people(ports::IdentityChanges& changes) {
    const UserId ann{1};
    const std::optional<UtcTime> sometimes = sometime();
    if (below(4) == 0) changes.credentials.push_back({ann, text(20), below(2) == 0, now_});
    const SessionId session{below(30) + 1};
    changes.sessions.push_back(
        {session, sha256(to_text(session)), ann, below(3), now_, now_, sometimes, text(12)});
    const TokenId token{below(5) + 1};
    changes.tokens.push_back({token,
                              sha256(to_text(token)),
                              ann,
                              below(3),
                              text(9),
                              {text(9), text(9)},
                              below(600),
                              now_,
                              now_,
                              sometimes,
                              sometimes});
    if (below(4) == 0)
        changes.totps.push_back({ann, static_cast<ports::TotpHash>(below(3)), 8, 60, below(2) == 0,
                                 below(1'000'000), now_});
    changes.recovery_codes.push_back({ann, sha256(std::to_string(below(9))), sometimes});
    changes.attempts.push_back(
        {below(2) == 0 ? bytes(3) : text(3), below(3), {now_, now_}, below(9), now_, sometimes});
}

void BatchMaker::drop_people(ports::IdentityChanges& changes) {
    changes.ended_sessions.push_back(SessionId{below(35) + 1});
    if (below(5) == 0) changes.dropped_totps.push_back(UserId{1});
    if (below(5) == 0) changes.dropped_recovery_codes.push_back(UserId{1});
    if (below(5) == 0) changes.dropped_attempts_before = now_ - std::chrono::seconds{20};
}

void BatchMaker::change_secrets(ports::SecretChanges& changes) {
    const ports::MasterVersion master{below(3) + 1};
    const ports::DataKeyId key{UserId{1}, ports::DataKeyVersion{below(3) + 1}};
    if (below(5) == 0) changes.put_masters.push_back({master, master, sealed()});
    if (below(5) == 0) changes.drop_masters.push_back(master);
    if (below(5) == 0) changes.put_data_keys.push_back({key, key.version, master, sealed()});
    if (below(5) == 0) changes.drop_data_keys.push_back(key);
    if (below(2) == 0) changes.drop_fields.push_back(secret_field().id);
    // One that mostly hits, unless another value came in between, and one that misses.
    if (last_field_) {
        ports::FieldRow again = *last_field_;
        again.value = sealed();
        changes.reseals.push_back({last_field_->value.nonce, again});
    }
    changes.reseals.push_back({sealed().nonce, secret_field()});
    last_field_ = secret_field();
    changes.put_fields.push_back(*last_field_);
}

void BatchMaker::people(ports::Batch& batch) {
    put_people(batch.identity);
    drop_people(batch.identity);
    change_secrets(batch.secrets);
}

std::optional<UtcTime> BatchMaker::sometime() {
    return below(2) == 0 ? std::nullopt : std::optional<UtcTime>{now_};
}

ports::ApiKeyRow BatchMaker::api_key() {
    using ports::IpRestriction;
    ports::ApiKeyRow row{.id = ApiKeyId{below(6) + 1}, .user = UserId{1}};
    row.account = AccountId{below(3) + 1};
    row.label = text(9);
    row.key = {text(9), sha256(text(9))};
    row.state = static_cast<ports::KeyState>(below(5));
    row.state_since = row.created_at = now_;
    row.state_reason = text(9);
    row.created_by = "u1";
    if (below(3) != 0)
        row.check = {now_,
                     below(2) == 0,
                     {below(2) == 0, below(2) == 0, below(2) == 0},
                     static_cast<IpRestriction>(below(3)),
                     sometime(),
                     text(20)};
    row.next_check_at = sometime();
    row.checks_without_answer = below(9);
    if (below(2) == 0) row.account_identity = sha256(text(9));
    row.health = {random_.next(), below(9),   below(0xffffffffU), below(9),
                  below(9),       sometime(), text(20),           {}};
    if (below(2) == 0) row.health.rate_left_pct = static_cast<std::uint8_t>(below(101));
    if (below(2) == 0) row.replaced_by = ApiKeyId{row.id.value + 1};
    if (below(2) == 0) row.allow_withdrawal = ports::WithdrawalPermit{text(3), now_};
    return row;
}

void BatchMaker::keys(ports::Batch& batch) {
    for (auto left = below(4); left > 0; --left)
        batch.api_keys.push_back(api_key());
    for (auto left = below(3); left > 0; --left) {
        ports::KeyPolicyRow row{VaultId{below(3) + 1}, static_cast<ports::KeyPolicy>(below(3)), {}};
        if (below(2) == 0) row.pinned = ApiKeyId{below(6) + 1};
        batch.key_policies.push_back(row);
    }
}

void BatchMaker::resume(const ports::Snapshot& snapshot) {
    n_ = snapshot.mark.n.value;
    epoch_ = snapshot.mark.epoch;
    heads_ = snapshot.heads;
    last_event_ = snapshot.last_event;
    deposits_.clear();
    for (const auto& balance : snapshot.balances)
        if (balance.account == "reserve") deposits_[balance.vault] = balance.amount;
}

std::string snapshot_text(const ports::Snapshot& snapshot) {
    std::string heads;
    for (const auto& [vault, head] : snapshot.heads)
        heads += fmt::format("{} {} {}\n", to_text(vault), head.seq, to_hex(head.hash));
    return fmt::format("n={}\n", snapshot.mark.n.value) + rows_text(snapshot.users) +
           rows_text(snapshot.accounts) + rows_text(snapshot.vaults) +
           rows_text(snapshot.balances) + heads + rows_text(snapshot.states) +
           rows_text(snapshot.replies) + rows_text(snapshot.api_keys) +
           rows_text(snapshot.key_policies) + rows_text(snapshot.identity.credentials) +
           rows_text(snapshot.identity.sessions) + rows_text(snapshot.identity.tokens) +
           rows_text(snapshot.identity.totps) + rows_text(snapshot.identity.recovery_codes) +
           rows_text(snapshot.identity.attempts) +
           fmt::format("next session {}\n", to_text(snapshot.identity.next_session)) +
           rows_text(snapshot.secrets.masters) + rows_text(snapshot.secrets.data_keys) +
           rows_text(snapshot.secrets.fields);
}

std::string content_text(ports::StoreReader& reader, std::uint32_t vaults) {
    ports::RowFilter all;
    all.limit = 10'000;
    std::string text =
        rows_text(reader.vaults().value()) + rows_text(reader.orders(all).value()) +
        rows_text(reader.fills(all).value()) + rows_text(reader.decisions(all).value()) +
        rows_text(reader.allocations(all).value()) + rows_text(reader.sweeps(all).value()) +
        rows_text(reader.pauses(all).value()) + rows_text(reader.cycles(all).value()) +
        rows_text(reader.day_closes(all).value()) + rows_text(reader.events(all).value());
    for (std::uint32_t i = 1; i <= vaults; ++i) {
        text += rows_text(reader.entries(VaultId{i}, 1, 10'000).value());
        text += rows_text(reader.balances(VaultId{i}).value());
        text += rows_text(reader.prices(AccountId{i}, all).value());
    }
    return text;
}

SqliteOptions SqliteWorld::small_options() const {
    SqliteOptions small;
    small.path = dir.file();
    small.ballast_mib = 1;
    small.full_check = false;
    return small;
}

Result<std::unique_ptr<SqliteStore>> SqliteWorld::try_open() {
    return SqliteStore::create(options, signer, clock, logger);
}

void settle(SqliteStore& store) {
    std::promise<void> done;
    // The writer takes what is queued in order, so this read comes after every commit before it.
    store.read_reply("", "", [&done](const Result<std::string>&) { done.set_value(); });
    done.get_future().wait();
}

void SqliteWorld::open() {
    auto opened = try_open();
    ASSERT_TRUE(opened) << opened.error().message();
    made = std::move(opened).value();
}

void SqliteWorld::close() {
    made_reader.reset();
    if (made) made->close();
    made.reset();
}

ports::StoreReader& SqliteWorld::reader() {
    if (!made_reader) made_reader = SqliteReader::open(options.path).value();
    return *made_reader;
}

void SqliteWorld::edit(const std::string& sql) const {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(options.path.c_str(), &db), SQLITE_OK);
    char* problem = nullptr;
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &problem), SQLITE_OK)
        << (problem == nullptr ? "" : problem);
    sqlite3_free(problem);
    sqlite3_close(db);
}

std::string SqliteWorld::ask(const std::string& sql) const {
    auto connection = Connection::open(options.path, Connection::Access::ReadOnly);
    return connection.value().query_text(sql.c_str()).value();
}

void SqliteWorld::make_old(const std::vector<const char*>& migrations) {
    close();
    for (const char* part : {"", "-wal", "-shm"})
        std::filesystem::remove(options.path + part);
    for (const char* migration : migrations)
        edit(migration);
    edit(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", 0x56415554,
                     migrations.size()));
}

std::string SqliteWorld::start_says(const std::string& sql) {
    close();
    const std::string good = options.path + ".good";
    const auto over = std::filesystem::copy_options::overwrite_existing;
    std::filesystem::copy_file(options.path, good, over);
    edit("PRAGMA ignore_check_constraints = ON;" + sql);
    auto opened = try_open();
    std::optional<Error> error;
    if (!opened)
        error = opened.error();
    else if (auto loaded = opened.value()->load(kShard); !loaded)
        error = loaded.error();
    if (opened) opened.value()->close();
    std::filesystem::copy_file(good, options.path, over);
    if (!error) return {};
    EXPECT_EQ(error->code(), Errc::StoreInvalid) << sql;
    return error->message();
}

int SqliteWorld::count_values(const std::string& type, const std::string& bytes) const {
    // "(SELECT count(*) FROM …)+(SELECT count(*) FROM …)": a term for each column of each table.
    const std::string terms = ask(fmt::format(
        "SELECT group_concat(printf('(SELECT count(*) FROM \"%w\" WHERE typeof(\"%w\") = ''{0}'' "
        "AND instr(CAST(\"%w\" AS BLOB), CAST(''{1}'' AS BLOB)) > 0)', s.name, c.name, c.name), "
        "'+') FROM sqlite_schema s, pragma_table_info(s.name) c WHERE s.type = 'table'",
        type, bytes));
    return std::stoi(ask("SELECT " + terms));
}

}  // namespace vault::store::test
