#include "daemon/app/sign_in_parts.hpp"

#include "common/base/prompt.hpp"

#include <cstdlib>
#include <filesystem>
#include <unistd.h>

namespace vault::app {
namespace {

Result<identity::PasswordRules> rules_of(const std::string& list) {
    std::error_code fault;
    if (!std::filesystem::exists(list, fault)) return identity::PasswordRules{};
    return identity::PasswordRules::load(list);
}

bool is_required(const config::Security& from) {
    return from.second_factor == config::SecondFactor::Required;
}

}  // namespace

secrets::KeyPlaces key_places(const config::Security& from) {
    const char* const credentials = std::getenv("CREDENTIALS_DIRECTORY");
    return secrets::KeyPlaces{{.deployment = from.deployment,
                               .file = from.master_key_file,
                               .credentials = credentials == nullptr ? "" : credentials,
                               .ask = [](std::string_view prompt) { return ask_secret(prompt); }}};
}

Result<std::unique_ptr<SignInParts>> SignInParts::create(const config::Security& from,
                                                         const ports::WholeDirectory& whole,
                                                         const Clock& clock) {
    auto parts = std::make_unique<SignInParts>();
    VAULT_TRY(parts->box_, secrets::Box::create(from.deployment, key_places(from), whole.secrets));
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

Result<void> SignInParts::adopt(const ports::DirectoryPage& page) {
    service_->adopt(page);
    return box_->adopt(page.secrets);
}

void SignInParts::configure(const config::Security& from) {
    service_->configure(is_required(from));
}

}  // namespace vault::app
