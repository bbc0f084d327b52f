#include "daemon/app/sign_in_parts.hpp"

#include <cstdlib>
#include <filesystem>
#include <unistd.h>

namespace vault::app {
namespace {

constexpr const char* kCredential = "master.key";

// The credential of the service, else the file; a first start makes it.
Result<std::vector<secrets::MasterKey>> find_keys(const std::string& file) {
    std::vector<secrets::MasterKey> keys;
    auto given =
        secrets::MasterKey::read_credential(std::getenv("CREDENTIALS_DIRECTORY"), kCredential);
    if (given) {
        keys.push_back(std::move(given.value()));
    } else if (given.error().code() != Errc::NotFound) {
        return given.error();
    }
    std::error_code fault;
    if (std::filesystem::exists(file, fault)) {
        VAULT_TRY(auto key, secrets::MasterKey::read_file(file));
        keys.push_back(std::move(key));
    } else if (keys.empty()) {
        VAULT_TRY(auto key, secrets::MasterKey::make_file(file));
        keys.push_back(std::move(key));
    }
    return keys;
}

Result<identity::PasswordRules> rules_of(const std::string& list) {
    std::error_code fault;
    if (!std::filesystem::exists(list, fault)) return identity::PasswordRules{};
    return identity::PasswordRules::load(list);
}

bool is_required(const config::Security& from) {
    return from.second_factor == config::SecondFactor::Required;
}

}  // namespace

Result<std::unique_ptr<SignInParts>> SignInParts::create(const config::Security& from,
                                                         const ports::WholeDirectory& whole,
                                                         const Clock& clock) {
    auto parts = std::make_unique<SignInParts>();
    VAULT_TRY(parts->box_,
              secrets::Box::create(
                  from.deployment, [file = from.master_key_file] { return find_keys(file); },
                  whole.secrets));
    VAULT_TRY(auto rules, rules_of(from.known_bad_passwords));
    identity::ServiceOptions options;
    options.require_factor = is_required(from);
    options.own_uid = ::geteuid();
    parts->service_ = std::make_unique<identity::Service>(options, std::move(rules), parts->hasher_,
                                                          *parts->box_, parts->entropy_, clock);
    parts->service_->load(whole);
    return parts;
}

Result<void> SignInParts::load(const ports::WholeDirectory& whole) {
    service_->load(whole);
    return box_->load(whole.secrets);
}

void SignInParts::adopt(const ports::DirectoryPage& page) {
    box_->adopt(page.secrets);
    service_->adopt(page);
}

void SignInParts::configure(const config::Security& from) {
    service_->configure(is_required(from));
}

}  // namespace vault::app
