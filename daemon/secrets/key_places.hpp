#pragma once
// KeyPlaces: where master keys lie, and how the next one gets there. Four places are looked at: the
// systemd credentials master.key and master.key.next, and the files FILE and FILE.next, each 32 raw
// bytes or locked by a passphrase (locked_key.hpp), which is asked for at the terminal once. No
// file is ever deleted or replaced whose key may be needed: it is set aside, as FILE.aside.1. Owned
// by the Box; one thread, which waits for the disk, and for whoever types a passphrase.
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

    // What is looked at. Usual leaves out FILE.next, and master.key.next if it cannot be read: only
    // a rotation needs them, and what is left of one must not hold up a start.
    enum class Look { Usual, Everywhere };
    // The keys that are at hand. What was found before stays if it fails. Errors: as
    // MasterKey::read_file and read_locked_key_file; WrongState (locked, and no terminal),
    // PermissionDenied (a wrong passphrase, three times), Interrupted.
    Result<std::vector<MasterKey>> find(Look look);
    // FILE is made, with a key that nothing is sealed by yet. Errors: as MasterKey::make_file.
    Result<MasterKey> make_first();

    // "file /var/lib/vaultd/master.key", as found.
    std::string place_of(const MasterKey& key) const;
    // What a person has to do about the places, with `in_use` as the only key that is needed.
    std::vector<std::string> to_do(const MasterKey& in_use) const;

    // Whether a key that follows `in_use` can lie where a start finds it. Errors: NotFound,
    // WrongState (of credentials; FILE holds another key by now), InvalidParams (a lock that is
    // missing or for nothing), and of reading FILE.
    Result<void> may_make_next(const MasterKey& in_use, bool has_lock) const;
    // The next key, in its place: the credential that waits there, or FILE.next, which is made, and
    // locked if there is a lock. Only while no rotation of the master key is under way. Errors: as
    // may_make_next; Io.
    Result<MasterKey> make_next(const MasterKey& in_use, MasterVersion next_version,
                                const StretchedPassphrase* lock);
    // The next key was not taken into use after all. Errors: Io.
    Result<void> forget_next(const MasterKey& in_use);
    // No other key is needed: if FILE.next is `in_use` it takes the place of FILE, whose key is
    // dropped if it is one of `retired`, else set aside. Errors: Io; to be tried again.
    Result<void> settle(const MasterKey& in_use, const std::vector<MasterKey>& retired);

  private:
    enum class Place { Credential, NextCredential, File, NextFile };
    struct AtHand {
        Place place;
        bool is_locked;
        MasterKey key;
    };

    Result<void> look_at(Place place, std::vector<AtHand>& found);
    Result<void> look_at_credential(Place place, std::vector<AtHand>& found) const;
    Result<MasterKey> unlocked(const std::string& path);
    Result<MasterKey> ask_for(const LockedKey& locked, const std::string& path) const;
    Result<void> check_file_holds(const AtHand& holder) const;
    std::string path_of(Place place) const;
    const AtHand* holder_of(const MasterKey& key) const;
    const AtHand* at(Place place) const;
    void forget(Place place);

    Options options_;
    std::vector<AtHand> at_hand_;
    std::vector<std::pair<LockedKey, MasterKey>> unlocked_;  // nobody is asked twice
};

}  // namespace vault::secrets
