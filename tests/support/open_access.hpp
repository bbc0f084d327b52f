#pragma once
// OpenAccess: an Access that takes every caller for one signed-in person who may do everything, for
// tests that are not about sign-in; the verbs of sign-in are refused. PlainBox: a SecretBox that
// keeps secrets as they are, and only what was adopted opens. Tests only; one thread.
#include "daemon/ports/access.hpp"
#include "daemon/ports/secret_box.hpp"

#include <map>

namespace vault::test {

class OpenAccess final : public ports::Access {
  public:
    // Who everybody is; to be changed while nobody calls.
    ports::Principal caller = admin(UserId{1}, "ann");
    static ports::Principal admin(UserId user, std::string name);

    ports::Principal who(std::string_view token, ports::PeerUid uid,
                         std::string_view method) override;
    std::optional<ports::Principal> renewed(const ports::Principal& caller,
                                            std::string_view method) override;
    ports::SessionTimes times(const ports::SessionRow& row) const override;
    Later<ports::Proposal<ports::SessionRow>> sign_in(ports::SignIn ask) override;
    ports::Proposal<ports::Nothing> sign_out(const ports::Principal& caller) override;
    std::vector<ports::SessionRow> sessions(UserId user) const override;
    ports::Proposal<std::vector<SessionId>> end_sessions(const ports::Principal& caller,
                                                         std::optional<SessionId> id) override;
    Later<ports::Proposal<ports::CredentialRow>> change_password(const ports::Principal& caller,
                                                                 Secret current,
                                                                 Secret next) override;
    Later<ports::Proposal<ports::CredentialRow>> set_password(UserId user, Secret next) override;
    // The one that is not refused: so that users can be made. It opens for no password.
    Later<Result<ports::CredentialRow>> first_password(
        std::string name, Secret password, bool must_change,
        std::optional<ports::PeerUid> by_uid) override;
    ports::FactorState factor(UserId user) const override;
    Later<ports::Proposal<ports::Enrolment>> enroll(const ports::Principal& caller,
                                                    Secret password) override;
    ports::Proposal<std::vector<Secret>> confirm(const ports::Principal& caller,
                                                 const Secret& code) override;
    ports::Proposal<ports::SessionRow> step_up(const ports::Principal& caller,
                                               const Secret& code) override;
    ports::Proposal<ports::Nothing> drop_factor(const ports::Principal& caller) override;
    std::vector<ports::RobotTokenRow> tokens(UserId user) const override;
    ports::Proposal<ports::RobotTokenRow> make_token(const ports::Principal& caller,
                                                     ports::TokenAsk ask) override;
    ports::Proposal<ports::RobotTokenRow> end_token(const ports::Principal& caller,
                                                    TokenId id) override;
};

class PlainBox final : public ports::SecretBox {
  public:
    void load(const ports::SecretRows& rows);
    void adopt(const ports::SecretChanges& changes);

    Result<ports::KeyStep> prepare(UserId user) override;
    void done(const ports::KeyStep&) override {}
    Result<ports::FieldRow> seal(const ports::FieldId& id, const Secret& plain) const override;
    Result<Secret> open(const ports::FieldId& id) const override;
    // Nothing is sealed here, so there is nothing to rotate, and no master key.
    Result<ports::KeyStep> rotate_master(const ports::NextLock* lock) override;
    Result<void> may_rotate_master(bool has_lock) const override;
    Work<std::shared_ptr<const ports::NextLock>> ready_lock(Secret passphrase) const override;
    Result<ports::KeyStep> rotate_data_keys(std::optional<UserId> user) override;
    Result<ports::KeyStep> next_step() override { return ports::KeyStep{}; }
    ports::SecretState state() const override;
    Work<ports::EscrowCopy> escrow(Secret passphrase) const override;
    Work<ports::MasterVersion> drill(std::string copy, Secret passphrase) const override;
    ports::SecretCheck check(ports::SecretCheck so_far) const override;

  private:
    std::map<UserId, ports::DataKeyRow> keys_;
    std::vector<ports::FieldRow> fields_;
};

}  // namespace vault::test
