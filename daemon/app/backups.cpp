#include "daemon/app/backups.hpp"

#include "daemon/secrets/backup_file.hpp"
#include "daemon/store/sqlite/store_copy.hpp"
#include "daemon/store/sqlite/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace vault::app {

namespace fs = std::filesystem;
using ports::Backup;
using ports::BackupProof;

namespace {

constexpr std::string_view kEnding = ".backup";
constexpr const char* kBeside = "backup.unfinished";  // what a backup goes through, in the folder

Error busy() {
    return Error{Errc::Busy, "a backup is being made or verified already", {}, "try again later"};
}

Error cannot(const char* verb, const std::string& path, const std::error_code& why) {
    return Error{Errc::Io, fmt::format("cannot {} {}: {}", verb, path, why.message()), "backup",
                 "look at backups.path and at the rights of that folder"};
}

// "vault-20261129T130611Z.backup": in the order of time, with no character that a shell minds.
std::string name_at(UtcTime time) {
    std::string text = format_utc(time).substr(0, 19);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return fmt::format("vault-{}Z{}", text, kEnding);
}

Result<void> check_name(const std::string& name) {
    if (name.find('/') == std::string::npos && name.ends_with(kEnding) && name[0] != '.')
        return success();
    return Error{Errc::InvalidParams, fmt::format("backup: '{}' is no name of a backup", name),
                 "backup", "list them with: vaultctl backup list"};
}

// A folder for what is in clear meanwhile; gone with the guard.
class Beside {
  public:
    static Result<Beside> make(const std::string& folder) {
        std::error_code fault;
        fs::create_directories(folder, fault);
        if (fault) return cannot("make", folder, fault);
        const std::string path = folder + '/' + kBeside;
        fs::remove_all(path, fault);  // of a crash
        if (!fs::create_directory(path, fault)) return cannot("make", path, fault);
        return Beside{path};
    }
    ~Beside() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }
    Beside(Beside&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;
    Beside& operator=(Beside&&) = delete;

    std::string store() const { return path_ + "/vault.db"; }
    std::string signer_key() const { return path_ + "/checkpoint.key"; }

  private:
    explicit Beside(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

}  // namespace

StoreBackups::StoreBackups(Options options, const secrets::Box& box, const Clock& clock)
    : options_(std::move(options)), box_(box), clock_(clock), thread_(1, 1, busy()) {}

template <class T>
StoreBackups::Later<T> StoreBackups::run(std::function<Result<T>()> work) {
    std::optional<Result<T>> out;
    const runtime::WorkerPool::Job job = [&] { out.emplace(work()); };
    auto running = thread_.run(job);
    const Result<void> ran = co_await std::move(running);
    if (!ran) co_return ran.error();
    co_return std::move(*out);
}

StoreBackups::Later<Backup> StoreBackups::create() {
    const secrets::KeyRing root = box_.root();
    const UtcTime now = clock_.now();
    std::function<Result<Backup>()> work = [&] { return make(root, now); };
    auto running = run<Backup>(std::move(work));
    co_return co_await std::move(running);
}

StoreBackups::Later<BackupProof> StoreBackups::verify(std::string name) {
    const secrets::KeyRing root = box_.root();
    std::function<Result<BackupProof>()> work = [&] { return prove(root, name); };
    auto running = run<BackupProof>(std::move(work));
    co_return co_await std::move(running);
}

StoreBackups::Later<std::vector<Backup>> StoreBackups::list() {
    std::function<Result<std::vector<Backup>>()> work = [this] { return all(); };
    auto running = run<std::vector<Backup>>(std::move(work));
    co_return co_await std::move(running);
}

Result<Backup> StoreBackups::make(const secrets::KeyRing& root, UtcTime now) const {
    VAULT_TRY(const Beside beside, Beside::make(options_.folder));
    VAULT_TRYV(store::copy_store(options_.store, beside.store()));
    Backup backup{name_at(now), 0, {root.deployment(), now, root.master(), 0, {}}};
    VAULT_TRY(backup.label.heads, store::heads_of(beside.store()));
    std::error_code fault;
    backup.label.bytes = fs::file_size(beside.store(), fault);
    if (fault) return cannot("read", beside.store(), fault);
    const std::string path = options_.folder + '/' + backup.name;
    VAULT_TRYV(
        secrets::write_backup(path, backup.label, root, {beside.store(), options_.signer_key}));
    backup.file_bytes = fs::file_size(path, fault);
    if (fault) return cannot("read", path, fault);
    return backup;
}

Result<BackupProof> StoreBackups::prove(const secrets::KeyRing& root,
                                        const std::string& name) const {
    VAULT_TRYV(check_name(name));
    const std::string path = options_.folder + '/' + name;
    VAULT_TRY(const auto label, secrets::read_backup_label(path));
    VAULT_TRY(const Beside beside, Beside::make(options_.folder));
    BackupProof proof;
    std::error_code fault;
    proof.backup = {name, fs::file_size(path, fault), label};
    VAULT_TRYV(secrets::open_backup(path, root, {beside.store(), beside.signer_key()}));
    VAULT_TRY(const auto report, store::verify(beside.store(), std::nullopt, {}));
    VAULT_TRY(const auto heads, store::heads_of(beside.store()));
    proof.entries = report.entries;
    proof.problem = report.first_problem;
    if (proof.problem.empty() && heads != label.heads)
        proof.problem = "the store inside does not end where the label says";
    proof.ok = report.ok && proof.problem.empty();
    return proof;
}

Result<std::vector<Backup>> StoreBackups::all() const {
    std::vector<Backup> backups;
    std::error_code fault;
    if (!fs::exists(options_.folder, fault)) return backups;
    for (fs::directory_iterator at{options_.folder, fault}, end; !fault && at != end;
         at.increment(fault)) {
        const std::string name = at->path().filename();
        if (!check_name(name)) continue;
        const auto label = secrets::read_backup_label(at->path());
        std::error_code ignored;
        if (label) backups.push_back({name, at->file_size(ignored), label.value()});
    }
    if (fault) return cannot("read", options_.folder, fault);
    std::ranges::sort(backups, {}, &Backup::name);
    return backups;
}

}  // namespace vault::app
