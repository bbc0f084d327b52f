#include "daemon/app/restore.hpp"

#include "daemon/app/options.hpp"
#include "daemon/app/sign_in_parts.hpp"
#include "daemon/secrets/backup_file.hpp"
#include "daemon/secrets/file_signer.hpp"
#include "daemon/store/sqlite/store_copy.hpp"
#include "daemon/store/sqlite/verify.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace vault::app {

namespace fs = std::filesystem;

namespace {

Error exists(const std::string& path) {
    return Error{Errc::Exists, fmt::format("there is a {} already", path), "restore",
                 "nothing was changed: move the old store away, with all that has its name, or "
                 "give another --state-dir"};
}

// What was written so far, under names of its own until it is proven.
class Drafts {
  public:
    explicit Drafts(const std::string& store)
        : store_(store + ".restoring"), signer_key_(store + ".restoring.key") {
        remove();
    }
    ~Drafts() { remove(); }
    Drafts(const Drafts&) = delete;
    Drafts& operator=(const Drafts&) = delete;
    secrets::BackupContent content() const { return {store_, signer_key_}; }

  private:
    void remove() const {
        std::error_code ignored;
        for (const std::string& path : {store_, signer_key_, store_ + "-wal", store_ + "-shm"})
            fs::remove(path, ignored);
    }
    std::string store_, signer_key_;
};

// Any of the keys at hand may be the one; a passphrase is asked for where one lies locked.
Result<ports::BackupLabel> open_with(std::vector<secrets::MasterKey> keys,
                                     const std::string& deployment, const std::string& backup,
                                     const secrets::BackupContent& to) {
    VAULT_TRY(const auto label, secrets::read_backup_label(backup));
    if (keys.empty())
        return Error{Errc::WrongState, "there is no master key at hand", "restore",
                     "put the key, or an escrow copy of it, where security.master_key_file says"};
    std::optional<Error> why;
    for (secrets::MasterKey& key : keys) {
        const auto root = secrets::KeyRing::root_of(deployment, label.master, std::move(key));
        auto opened = secrets::open_backup(backup, root, to);
        if (opened) return opened;
        why = opened.error();
    }
    return *why;
}

Result<void> prove(const secrets::BackupContent& draft, const ports::BackupLabel& label) {
    VAULT_TRY(const auto report, store::verify(draft.store, std::nullopt, {}));
    VAULT_TRY(const auto heads, store::heads_of(draft.store));
    if (report.ok && heads == label.heads) return success();
    return Error{Errc::StoreInvalid,
                 report.ok ? "the store in the backup does not end where its label says"
                           : "the store in the backup is not right: " + report.first_problem,
                 "restore", "nothing was changed: take another backup"};
}

Result<void> place(const std::string& draft, const std::string& path) {
    std::error_code fault;
    fs::create_hard_link(draft, path, fault);  // never replaces what is there
    if (!fault) return success();
    if (fault == std::errc::file_exists) return exists(path);
    return Error{Errc::Io, fmt::format("cannot place {}: {}", path, fault.message()), "restore",
                 "look at the disk and at the rights of the folder"};
}

}  // namespace

Result<ports::BackupLabel> restore(const config::Config& config, const std::string& backup,
                                   const Clock& clock) {
    const std::string& store = config.store.path;
    const std::string signer_key = (fs::path{store}.parent_path() / kSignerKey).string();
    std::error_code fault;
    for (const std::string& path : {store, store + "-wal", signer_key})
        if (fs::exists(path, fault)) return exists(path);
    secrets::KeyPlaces places = key_places(config.security);
    VAULT_TRY(auto keys, places.find(secrets::KeyPlaces::Look::Everywhere));
    const Drafts drafts{store};
    VAULT_TRY(auto label,
              open_with(std::move(keys), config.security.deployment, backup, drafts.content()));
    VAULT_TRYV(prove(drafts.content(), label));
    VAULT_TRYV(store::note_restored(drafts.content().store,
                                    fmt::format("the store is the backup of {}, put back at {}",
                                                format_utc(label.made_at), format_utc(clock.now())),
                                    label.made_at));
    VAULT_TRYV(place(drafts.content().signer_key, signer_key));
    VAULT_TRYV(place(drafts.content().store, store));
    return label;
}

}  // namespace vault::app
