// Jobs: what was begun and goes on.
#include "daemon/engine/commander.hpp"
#include "daemon/engine/view_builder.hpp"
#include "daemon/ports/absent.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::engine {

Result<Job*> Commander::job(JobId id) {
    Job* const found = world_.jobs.find(id);
    if (found != nullptr && sees(owner_of(world_, *found))) return found;
    return ports::no_job(id);
}

std::optional<JobId> Commander::begin_job(std::string_view method, std::string object) {
    if (context_.dry_run) return std::nullopt;
    Job job;
    job.method = method;
    job.object = std::move(object);
    job.by = context_.actor;
    job.started_at = clock_.now();
    return world_.jobs.begin(std::move(job), recorder_);
}

Result<ports::View> Commander::on(const ports::cmd::ListJobs&) {
    std::vector<ports::JobView> views;
    for (const Job& job : world_.jobs.slots())
        if (job.id != JobId{} && sees(owner_of(world_, job))) views.push_back(view_of(world_, job));
    std::ranges::sort(views, {}, &ports::JobView::id);
    return views;
}

Result<ports::View> Commander::on(const ports::cmd::ShowJob& c) {
    VAULT_TRY(const Job* const found, job(c.job));
    return view_of(world_, *found);
}

// A replay stands where it is and can be run again; a liquidation ends as a halt, because what it
// has not sold yet must not be left to the rules unasked.
Result<ports::View> Commander::on(const ports::cmd::CancelJob& c) {
    VAULT_TRY(Job* const found, job(c.job));
    if (outcome(world_, *found) != JobState::Running)
        return Error{Errc::WrongState, fmt::format("job {} has ended", to_text(c.job)), "job",
                     "vaultctl job show tells how"};
    ports::JobView view = view_of(world_, *found);
    if (const auto vault = parse_vault_id(found->object)) {
        ports::cmd::Target target;
        target.level = ports::cmd::Target::Level::Vault;
        target.vault = vault.value();
        VAULT_TRYV(hold(target, HoldRequest::Halt, fmt::format("job {} canceled", to_text(c.job))));
    } else {
        VAULT_TRY(Account* const about, account(parse_account_id(found->object).value()));
        about->replay.state = ReplayState::Ready;
        recorder_.touch(*about);
    }
    view.state = to_text(JobState::Canceled);
    view.ended_at = clock_.now();
    if (!context_.dry_run) world_.jobs.end(*found, JobState::Canceled, clock_.now(), recorder_);
    return view;
}

}  // namespace vault::engine
