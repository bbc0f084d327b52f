#include "daemon/control/arguments.hpp"

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

Result<JobId> job_of(const protocol::Params& params) {
    return job_named(params.text("job"));
}

Result<ports::Command> list_jobs(const protocol::Params&) {
    return cmd::ListJobs{};
}

Result<ports::Command> show_job(const protocol::Params& params) {
    VAULT_TRY(const JobId job, job_of(params));
    return cmd::ShowJob{job};
}

Result<ports::Command> cancel_job(const protocol::Params& params) {
    VAULT_TRY(const JobId job, job_of(params));
    return cmd::CancelJob{job};
}

constexpr std::array kRoutes{
    Route{"job.list", &submit<list_jobs>},
    Route{"job.show", &submit<show_job>},
    Route{"job.cancel", &submit<cancel_job>},
};

}  // namespace

std::span<const Route> job_routes() {
    return kRoutes;
}

}  // namespace vault::control
