#include "daemon/secrets/key_places.hpp"

#include "common/base/check.hpp"

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

Result<std::vector<MasterKey>> KeyPlaces::look() {
    at_hand_.clear();
    for (const Place place :
         {Place::Credential, Place::NextCredential, Place::File, Place::NextFile}) {
        VAULT_TRYV(look_at(place));
    }
    std::vector<MasterKey> keys;
    for (const AtHand& each : at_hand_)
        keys.push_back(each.key.copy());
    return keys;
}

Result<std::vector<MasterKey>> KeyPlaces::find() {
    VAULT_TRY(auto keys, look());
    if (!keys.empty()) return keys;
    VAULT_TRY(MasterKey made, MasterKey::make_file(options_.file));
    keys.push_back(made.copy());
    at_hand_.push_back({Place::File, false, std::move(made)});
    return keys;
}

Result<void> KeyPlaces::look_at(Place place) {
    if (place == Place::Credential || place == Place::NextCredential)
        return look_at_credential(place);
    const std::string path = path_of(place);
    if (!exists(path)) return success();
    const bool is_locked = is_locked_file(path);
    VAULT_TRY(MasterKey key, is_locked ? unlocked(path) : MasterKey::read_file(path));
    at_hand_.push_back({place, is_locked, std::move(key)});
    return success();
}

Result<void> KeyPlaces::look_at_credential(Place place) {
    const std::string& directory = options_.credentials;
    auto given =
        MasterKey::read_credential(directory.empty() ? nullptr : directory.c_str(),
                                   place == Place::Credential ? kCredential : kNextCredential);
    if (!given && given.error().code() != Errc::NotFound) return given.error();
    if (given) at_hand_.push_back({place, false, std::move(given.value())});
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

std::string KeyPlaces::to_do(const MasterKey& in_use) const {
    const AtHand* const holder = holder_of(in_use);
    if (holder == nullptr || holder->place != Place::NextCredential) return {};
    return fmt::format(
        "the credential {1} holds the key in use: encrypt that key as {0}, take {1} out of the "
        "unit, and destroy the old one",
        kCredential, kNextCredential);
}

// ---- the next one

Result<void> KeyPlaces::may_make_next(const MasterKey& in_use, const Secret& passphrase) const {
    const AtHand* const holder = holder_of(in_use);
    VAULT_CHECK(holder != nullptr, "a key in use was found somewhere");
    const bool in_file = holder->place == Place::File || holder->place == Place::NextFile;
    if (in_file && !passphrase.empty()) return check_passphrase(passphrase);
    if (in_file && holder->is_locked)
        return Error{Errc::InvalidParams,
                     "the master key is locked by a passphrase, and the next one needs one too",
                     kPassphrase, "name the file it is in: --passphrase-file FILE, or - for stdin"};
    if (in_file) return success();
    if (!passphrase.empty())
        return Error{Errc::InvalidParams,
                     "the master key is a credential of systemd, which no passphrase locks",
                     kPassphrase, "leave the passphrase out"};
    if (holder->place == Place::NextCredential)
        return Error{Errc::WrongState, to_do(in_use), kKeyField,
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

Result<MasterKey> KeyPlaces::make_next(const MasterKey& in_use, MasterVersion next_version,
                                       const Secret& passphrase) {
    VAULT_TRYV(may_make_next(in_use, passphrase));
    if (const AtHand* const credential = at(Place::NextCredential);
        holder_of(in_use)->place == Place::Credential)
        return credential->key.copy();
    VAULT_TRYV(settle(in_use));
    const std::string path = path_of(Place::NextFile);
    std::erase_if(at_hand_, [](const AtHand& each) { return each.place == Place::NextFile; });
    VAULT_TRYV(MasterKey::remove_file(path));
    const bool is_locked = !passphrase.empty();
    if (!is_locked) {
        VAULT_TRY(MasterKey made, MasterKey::make_file(path));
        at_hand_.push_back({Place::NextFile, false, std::move(made)});
    } else {
        MasterKey made = MasterKey::generate();
        VAULT_TRY(LockedKey locked, lock(made, options_.deployment, next_version, passphrase));
        VAULT_TRYV(make_locked_key_file(path, locked));
        unlocked_.emplace_back(std::move(locked), made.copy());
        at_hand_.push_back({Place::NextFile, true, std::move(made)});
    }
    return at_hand_.back().key.copy();
}

Result<void> KeyPlaces::settle(const MasterKey& in_use) {
    const AtHand* const holder = holder_of(in_use);
    if (holder == nullptr || holder->place != Place::NextFile) return success();
    VAULT_TRYV(MasterKey::replace_file(path_of(Place::NextFile), path_of(Place::File)));
    std::erase_if(at_hand_, [](const AtHand& each) { return each.place == Place::File; });
    std::ranges::find(at_hand_, Place::NextFile, &AtHand::place)->place = Place::File;
    return success();
}

}  // namespace vault::secrets
