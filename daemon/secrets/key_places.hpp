#pragma once
// KeyPlaces: where master keys lie, and how the next one gets there. Four places are looked at: the
// systemd credentials master.key and master.key.next, and the files FILE and FILE.next, each 32 raw
// bytes or locked by a passphrase (locked_key.hpp), which is asked for at the terminal once. A key
// in use is never removed before another has taken its place. Owned by the Box; one thread, which
// waits for the disk, and for whoever types a passphrase.
#include "daemon/secrets/locked_key.hpp"
#include "daemon/secrets/master_key.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace vault::secrets {

class KeyPlaces {
  public:
    struct Options {
        std::string deployment;   // as of KeyRing::load
        std::string file;         // absolute path
        std::string credentials;  // $CREDENTIALS_DIRECTORY; "": systemd gave none
        std::function<Result<Secret>(std::string_view prompt)> ask;
    };
    explicit KeyPlaces(Options options) : options_(std::move(options)) {}

    // Every key that is at hand. Errors: as MasterKey::read_file and read_locked_key_file;
    // WrongState (locked, and no terminal), PermissionDenied (a wrong passphrase, three times).
    Result<std::vector<MasterKey>> look();
    // The same, but if there is none anywhere, FILE is made.
    Result<std::vector<MasterKey>> find();

    // "file /var/lib/vaultd/master.key", as found.
    std::string place_of(const MasterKey& key) const;
    // What a person has to do about the place of the key in use; "": nothing.
    std::string to_do(const MasterKey& in_use) const;

    // Whether a key that follows `in_use` can lie where a start finds it. Errors: NotFound,
    // WrongState (of credentials), InvalidParams (a passphrase that is missing, short or for
    // nothing).
    Result<void> may_make_next(const MasterKey& in_use, const Secret& passphrase) const;
    // The next key, in its place: the credential that waits there, or FILE.next, which is made, and
    // locked if there is a passphrase. An unused FILE.next is replaced, so only while no rotation
    // of the master key is under way. Errors: as may_make_next; Io, Busy.
    Result<MasterKey> make_next(const MasterKey& in_use, MasterVersion next_version,
                                const Secret& passphrase);
    // No other key is needed any more: FILE.next takes the place of FILE if it is `in_use`. Errors:
    // Io; to be tried again.
    Result<void> settle(const MasterKey& in_use);

  private:
    enum class Place { Credential, NextCredential, File, NextFile };
    struct AtHand {
        Place place;
        bool is_locked;
        MasterKey key;
    };

    Result<void> look_at(Place place);
    Result<void> look_at_credential(Place place);
    Result<MasterKey> unlocked(const std::string& path);
    Result<MasterKey> ask_for(const LockedKey& locked, const std::string& path) const;
    std::string path_of(Place place) const;
    const AtHand* holder_of(const MasterKey& key) const;
    const AtHand* at(Place place) const;

    Options options_;
    std::vector<AtHand> at_hand_;
    std::vector<std::pair<LockedKey, MasterKey>> unlocked_;  // nobody is asked twice
};

}  // namespace vault::secrets
