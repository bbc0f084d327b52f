#include "daemon/secrets/key_places.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace vault::secrets {
namespace {

constexpr std::string_view kCredential = "master.key";
constexpr std::string_view kNextCredential = "master.key.next";
constexpr std::uintmax_t kRawBytes = 32;
constexpr int kTries = 3;

constexpr const char* kKeyField = "security.master_key_file";
constexpr const char* kPassphrase = "passphrase";

bool exists(const std::string& path) {
    std::error_code fault;
    return std::filesystem::exists(std::filesystem::symlink_status(path, fault));
}

// What is no raw key is taken for a locked one, whose reader says what is wrong with it.
bool is_locked_file(const std::string& path) {
    std::error_code fault;
    const std::uintmax_t size = std::filesystem::file_size(path, fault);
    return !fault && size > kRawBytes;
}

}  // namespace

// ---- what is at hand

Result<std::vector<MasterKey>> KeyPlaces::find(Look look) {
    std::vector<AtHand> found;
    VAULT_TRYV(look_at(Place::Credential, found));
    const Result<void> next = look_at(Place::NextCredential, found);
    if (!next && look == Look::Everywhere) return next.error();
    VAULT_TRYV(look_at(Place::File, found));
    if (look == Look::Everywhere) {
        VAULT_TRYV(look_at(Place::NextFile, found));
    }
    at_hand_ = std::move(found);
    std::vector<MasterKey> keys;
    for (const AtHand& each : at_hand_)
        keys.push_back(each.key.copy());
    return keys;
}

Result<MasterKey> KeyPlaces::make_first() {
    VAULT_TRY(MasterKey made, MasterKey::make_file(options_.file));
    at_hand_.push_back({Place::File, false, made.copy()});
    return made;
}

Result<void> KeyPlaces::look_at(Place place, std::vector<AtHand>& found) {
    if (place == Place::Credential || place == Place::NextCredential)
        return look_at_credential(place, found);
    const std::string path = path_of(place);
    if (!exists(path)) return success();
    const bool is_locked = is_locked_file(path);
    VAULT_TRY(MasterKey key, is_locked ? unlocked(path) : MasterKey::read_file(path));
    found.push_back({place, is_locked, std::move(key)});
    return success();
}

Result<void> KeyPlaces::look_at_credential(Place place, std::vector<AtHand>& found) const {
    const std::string& directory = options_.credentials;
    auto given =
        MasterKey::read_credential(directory.empty() ? nullptr : directory.c_str(),
                                   place == Place::Credential ? kCredential : kNextCredential);
    if (!given && given.error().code() != Errc::NotFound) return given.error();
    if (given) found.push_back({place, false, std::move(given.value())});
    return success();
}

Result<MasterKey> KeyPlaces::unlocked(const std::string& path) {
    VAULT_TRY(LockedKey locked, read_locked_key_file(path));
    if (locked.deployment != options_.deployment)
        return Error{Errc::StoreInvalid,
                     fmt::format("the locked master key {} is of deployment {}, this is {}", path,
                                 locked.deployment, options_.deployment),
                     kKeyField, "take the one that was made here, or mend security.deployment"};
    for (const auto& [known, key] : unlocked_)
        if (known == locked) return key.copy();
    VAULT_TRY(MasterKey key, ask_for(locked, path));
    unlocked_.emplace_back(std::move(locked), key.copy());
    return key;
}

Result<MasterKey> KeyPlaces::ask_for(const LockedKey& locked, const std::string& path) const {
    for (int i = 1;; ++i) {
        const Result<Secret> typed = options_.ask(fmt::format("Passphrase of {}: ", path));
        if (!typed && typed.error().code() == Errc::Io)
            return Error{Errc::WrongState,
                         fmt::format("the master key {} is locked by a passphrase, and there is no "
                                     "terminal to ask for it",
                                     path),
                         kKeyField,
                         "start vaultd at a terminal, or give the service the credential "
                         "master.key"};
        if (!typed && typed.error().code() != Errc::InvalidParams) return typed.error();
        Result<MasterKey> key = typed ? unlock(locked, typed.value()) : typed.error();
        if (key || key.error().code() == Errc::Busy || i == kTries) return key;
    }
}

std::string KeyPlaces::path_of(Place place) const {
    return place == Place::NextFile ? options_.file + ".next" : options_.file;
}

const KeyPlaces::AtHand* KeyPlaces::holder_of(const MasterKey& key) const {
    const auto found = std::ranges::find_if(
        at_hand_, [&](const AtHand& each) { return each.key.bytes().equals(key.bytes()); });
    return found == at_hand_.end() ? nullptr : &*found;
}

const KeyPlaces::AtHand* KeyPlaces::at(Place place) const {
    const auto found = std::ranges::find(at_hand_, place, &AtHand::place);
    return found == at_hand_.end() ? nullptr : &*found;
}

std::string KeyPlaces::place_of(const MasterKey& key) const {
    const AtHand* const holder = holder_of(key);
    if (holder == nullptr) return {};
    switch (holder->place) {
        case Place::Credential: return fmt::format("credential {}", kCredential);
        case Place::NextCredential: return fmt::format("credential {}", kNextCredential);
        case Place::File:
        case Place::NextFile: break;
    }
    return fmt::format("file {}{}", path_of(holder->place),
                       holder->is_locked ? ", locked by a passphrase" : "");
}

std::vector<std::string> KeyPlaces::to_do(const MasterKey& in_use) const {
    std::vector<std::string> list;
    const AtHand* const holder = holder_of(in_use);
    if (holder != nullptr && holder->place == Place::NextCredential)
        list.push_back(fmt::format(
            "the credential {1} holds the key in use: encrypt that key as {0}, take {1} out of the "
            "unit, and destroy the old one",
            kCredential, kNextCredential));
    if (holder != nullptr && holder->place == Place::NextFile)
        list.push_back(
            fmt::format("the key in use still lies in {}: make it possible to rename it "
                        "to {}; it is tried every 30 s",
                        path_of(Place::NextFile), path_of(Place::File)));
    for (const Place place : {Place::File, Place::NextFile})
        if (exists(path_of(place) + ".aside.1"))
            list.push_back(
                fmt::format("{}.aside.1 is a key that nobody asked for: keep it while a "
                            "store or a backup may need it, else destroy it",
                            path_of(place)));
    return list;
}

// ---- the next one

Result<void> KeyPlaces::may_make_next(const MasterKey& in_use, bool has_lock) const {
    const AtHand* const holder = holder_of(in_use);
    if (holder == nullptr)
        return Error{Errc::WrongState, "the master key in use lies nowhere any more", kKeyField,
                     "make an escrow copy at once, and put it where that key was"};
    const bool in_file = holder->place == Place::File || holder->place == Place::NextFile;
    if (in_file) {
        if (!has_lock && holder->is_locked)
            return Error{Errc::InvalidParams,
                         "the master key is locked by a passphrase, and the next one needs one too",
                         kPassphrase,
                         "name the file it is in: --passphrase-file FILE, or - for stdin"};
        return check_file_holds(*holder);
    }
    if (has_lock)
        return Error{Errc::InvalidParams,
                     "the master key is a credential of systemd, which no passphrase locks",
                     kPassphrase, "leave the passphrase out"};
    if (holder->place == Place::NextCredential)
        return Error{Errc::WrongState, to_do(in_use).front(), kKeyField,
                     "then put the next key there, restart vaultd and rotate"};
    if (at(Place::NextCredential) == nullptr)
        return Error{Errc::NotFound,
                     fmt::format("there is no next key: no credential {}", kNextCredential),
                     kKeyField,
                     fmt::format("add LoadCredentialEncrypted={0} to vaultd.service (head -c 32 "
                                 "/dev/urandom | systemd-creds encrypt --name={0} - FILE), restart "
                                 "vaultd, and rotate",
                                 kNextCredential)};
    return success();
}

// Somebody may have changed the file since it was read.
Result<void> KeyPlaces::check_file_holds(const AtHand& holder) const {
    const std::string path = path_of(holder.place);
    bool holds = false;
    if (holder.is_locked) {
        VAULT_TRY(const LockedKey locked, read_locked_key_file(path));
        holds = std::ranges::any_of(unlocked_, [&](const auto& each) {
            return each.first == locked && each.second.bytes().equals(holder.key.bytes());
        });
    } else {
        VAULT_TRY(const MasterKey key, MasterKey::read_file(path));
        holds = key.bytes().equals(holder.key.bytes());
    }
    if (holds) return success();
    return Error{Errc::WrongState,
                 fmt::format("{} does not hold the master key in use any more", path), kKeyField,
                 "put the right file back, or restart vaultd with the new one"};
}

Result<MasterKey> KeyPlaces::make_next(const MasterKey& in_use, MasterVersion next_version,
                                       const StretchedPassphrase* lock) {
    VAULT_TRYV(may_make_next(in_use, lock != nullptr));
    if (holder_of(in_use)->place == Place::Credential) return at(Place::NextCredential)->key.copy();
    VAULT_TRYV(settle(in_use, {}));
    const std::string path = path_of(Place::NextFile);
    forget(Place::NextFile);
    if (exists(path)) {
        VAULT_TRYV(MasterKey::set_file_aside(path));
    }
    MasterKey made = MasterKey::generate();
    if (lock == nullptr) {
        VAULT_TRY(made, MasterKey::make_file(path));
    } else {
        LockedKey locked = secrets::lock(made, options_.deployment, next_version, *lock);
        VAULT_TRYV(make_locked_key_file(path, locked));
        unlocked_.emplace_back(std::move(locked), made.copy());
    }
    at_hand_.push_back({Place::NextFile, lock != nullptr, made.copy()});
    return made;
}

Result<void> KeyPlaces::forget_next(const MasterKey& in_use) {
    const AtHand* const next = at(Place::NextFile);
    if (next == nullptr || next->key.bytes().equals(in_use.bytes())) return success();
    forget(Place::NextFile);
    return MasterKey::remove_file(path_of(Place::NextFile));
}

Result<void> KeyPlaces::settle(const MasterKey& in_use, const std::vector<MasterKey>& retired) {
    const AtHand* const holder = holder_of(in_use);
    if (holder == nullptr || holder->place != Place::NextFile) return success();
    const AtHand* const old = at(Place::File);
    const bool is_retired =
        old != nullptr &&
        std::ranges::any_of(
            retired, [&](const MasterKey& key) { return key.bytes().equals(old->key.bytes()); }) &&
        check_file_holds(*old);
    if (!is_retired && exists(path_of(Place::File))) {
        VAULT_TRYV(MasterKey::set_file_aside(path_of(Place::File)));
    }
    VAULT_TRYV(MasterKey::replace_file(path_of(Place::NextFile), path_of(Place::File)));
    forget(Place::File);
    std::ranges::find(at_hand_, Place::NextFile, &AtHand::place)->place = Place::File;
    std::erase_if(unlocked_, [&](const auto& each) { return holder_of(each.second) == nullptr; });
    return success();
}

void KeyPlaces::forget(Place place) {
    std::erase_if(at_hand_, [&](const AtHand& each) { return each.place == place; });
}

}  // namespace vault::secrets
