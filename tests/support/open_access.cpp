#include "tests/support/open_access.hpp"

#include <algorithm>

namespace vault::test {
namespace {

Error not_here() {
    return Error{Errc::WrongState, "nobody signs in here", {}, "call without signing in"};
}

Error no_master_key() {
    return Error{Errc::WrongState, "secrets lie open here", {}, "keep them in a real box"};
}

template <class Made>
ports::Proposal<Made> refused() {
    ports::Proposal<Made> proposal;
    proposal.command.refusal = not_here();
    return proposal;
}

}  // namespace

ports::Principal OpenAccess::admin(UserId user, std::string name) {
    ports::Principal person;
    person.kind = ports::Principal::Kind::Person;
    person.user = user;
    person.name = std::move(name);
    person.role = Role::Admin;
    person.permissions = PermissionSet::all();
    person.session = ports::SessionRow{.id = SessionId{1}, .user = user};
    return person;
}

ports::Principal OpenAccess::who(std::string_view, ports::PeerUid uid, std::string_view) {
    ports::Principal now = caller;
    now.uid = uid;
    return now;
}

std::optional<ports::Principal> OpenAccess::renewed(const ports::Principal& known,
                                                    std::string_view) {
    return known;
}

ports::SessionTimes OpenAccess::times(const ports::SessionRow& row) const {
    return {row.created_at, row.created_at, std::nullopt};
}

OpenAccess::Later<ports::Proposal<ports::SessionRow>> OpenAccess::sign_in(ports::SignIn) {
    co_return refused<ports::SessionRow>();
}

ports::Proposal<ports::Nothing> OpenAccess::sign_out(const ports::Principal&) {
    return refused<ports::Nothing>();
}

std::vector<ports::SessionRow> OpenAccess::sessions(UserId) const {
    return {};
}

ports::Proposal<std::vector<SessionId>> OpenAccess::end_sessions(const ports::Principal&,
                                                                 std::optional<SessionId>) {
    return refused<std::vector<SessionId>>();
}

OpenAccess::Later<ports::Proposal<ports::CredentialRow>> OpenAccess::change_password(
    const ports::Principal&, Secret, Secret) {
    co_return refused<ports::CredentialRow>();
}

OpenAccess::Later<ports::Proposal<ports::CredentialRow>> OpenAccess::set_password(UserId, Secret) {
    co_return refused<ports::CredentialRow>();
}

OpenAccess::Later<Result<ports::CredentialRow>> OpenAccess::first_password(
    std::string, Secret, bool must_change, std::optional<ports::PeerUid>) {
    co_return ports::CredentialRow{.password_hash = "no hash", .must_change = must_change};
}

ports::FactorState OpenAccess::factor(UserId) const {
    return {};
}

OpenAccess::Later<ports::Proposal<ports::Enrolment>> OpenAccess::enroll(const ports::Principal&,
                                                                        Secret) {
    co_return refused<ports::Enrolment>();
}

ports::Proposal<std::vector<Secret>> OpenAccess::confirm(const ports::Principal&, const Secret&) {
    return refused<std::vector<Secret>>();
}

ports::Proposal<ports::SessionRow> OpenAccess::step_up(const ports::Principal&, const Secret&) {
    return refused<ports::SessionRow>();
}

ports::Proposal<ports::Nothing> OpenAccess::drop_factor(const ports::Principal&) {
    return refused<ports::Nothing>();
}

std::vector<ports::RobotTokenRow> OpenAccess::tokens(UserId) const {
    return {};
}

ports::Proposal<ports::RobotTokenRow> OpenAccess::make_token(const ports::Principal&,
                                                             ports::TokenAsk) {
    return refused<ports::RobotTokenRow>();
}

ports::Proposal<ports::RobotTokenRow> OpenAccess::end_token(const ports::Principal&, TokenId) {
    return refused<ports::RobotTokenRow>();
}

void PlainBox::load(const ports::SecretRows& rows) {
    keys_.clear();
    for (const ports::DataKeyRow& row : rows.data_keys)
        keys_[row.id.user] = row;
    fields_ = rows.fields;
}

void PlainBox::adopt(const ports::SecretChanges& changes) {
    for (const ports::DataKeyRow& row : changes.put_data_keys)
        keys_[row.id.user] = row;
    for (const ports::FieldId& id : changes.drop_fields)
        std::erase_if(fields_, [&](const ports::FieldRow& row) { return row.id == id; });
    for (const ports::FieldRow& row : changes.put_fields) {
        std::erase_if(fields_, [&](const ports::FieldRow& kept) { return kept.id == row.id; });
        fields_.push_back(row);
    }
}

Result<ports::KeyStep> PlainBox::prepare(UserId user) {
    ports::KeyStep step;
    if (!keys_.contains(user))
        step.changes.put_data_keys.push_back({.id = {user, ports::DataKeyVersion{1}},
                                              .least = ports::DataKeyVersion{1},
                                              .master = ports::MasterVersion{1},
                                              .key = {.nonce = {}, .ciphertext = "no key"}});
    return step;
}

Result<ports::FieldRow> PlainBox::seal(const ports::FieldId& id, const Secret& plain) const {
    if (!keys_.contains(id.user)) return Error{Errc::WrongState, "the user has no data key"};
    return ports::FieldRow{.id = id,
                           .version = ports::DataKeyVersion{1},
                           .value = {.nonce = {}, .ciphertext = std::string{plain.reveal()}}};
}

Result<Secret> PlainBox::open(const ports::FieldId& id) const {
    const auto row = std::ranges::find(fields_, id, &ports::FieldRow::id);
    if (row == fields_.end()) return Error{Errc::NotFound, "there is no such secret"};
    return Secret{std::string{row->value.ciphertext}};
}

Result<ports::KeyStep> PlainBox::rotate_master(const ports::NextLock*) {
    return no_master_key();
}

Result<void> PlainBox::may_rotate_master(bool) const {
    return no_master_key();
}

ports::SecretBox::Work<std::shared_ptr<const ports::NextLock>> PlainBox::ready_lock(Secret) const {
    return []() -> Result<std::shared_ptr<const ports::NextLock>> { return no_master_key(); };
}

Result<ports::KeyStep> PlainBox::rotate_data_keys(std::optional<UserId>) {
    return no_master_key();
}

ports::SecretState PlainBox::state() const {
    ports::SecretState state;
    state.deployment = "plain";
    state.users = keys_.size();
    state.secrets = fields_.size();
    return state;
}

ports::SecretBox::Work<ports::EscrowCopy> PlainBox::escrow(Secret) const {
    return []() -> Result<ports::EscrowCopy> { return no_master_key(); };
}

ports::SecretBox::Work<ports::MasterVersion> PlainBox::drill(std::string, Secret) const {
    return []() -> Result<ports::MasterVersion> { return no_master_key(); };
}

ports::SecretCheck PlainBox::check(ports::SecretCheck so_far) const {
    so_far.done = true;
    return so_far;
}

}  // namespace vault::test
