#include "cli/client/session_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace vault::client {
namespace {

constexpr std::size_t kMostToken = 128;  // as messages.hpp has it
constexpr std::string_view kMark = "vaultctl session 1\n";

// FNV-1a, 64 bits. That two sockets never share a session is seen to by the path in the file.
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return hash;
}

bool is_of_token(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == ':';
}

bool is_mine(const std::string& folder) {
    struct stat status {};
    return !folder.empty() && folder.starts_with('/') && ::stat(folder.c_str(), &status) == 0 &&
           S_ISDIR(status.st_mode) && status.st_uid == ::geteuid();
}

// "user alice\n" at the front of `text`, taken off it.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view name) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos || !text.starts_with(name) ||
        text.substr(name.size(), 1) != " ")
        return std::nullopt;
    const std::string_view value = text.substr(name.size() + 1, end - name.size() - 1);
    text.remove_prefix(end + 1);
    return value;
}

std::string folder_hint(const std::string& folder) {
    return fmt::format("remove {}, or set XDG_RUNTIME_DIR to a folder that is yours alone", folder);
}

}  // namespace

std::string session_folder(const std::string& xdg_runtime_dir) {
    const std::string run = fmt::format("/run/user/{}", ::geteuid());
    for (const std::string& place : {xdg_runtime_dir, run})
        if (is_mine(place)) return (std::filesystem::path(place) / "vaultctl").string();
    return fmt::format("/tmp/vaultctl-{}", ::geteuid());
}

SessionFile::SessionFile(std::string folder, std::string socket)
    : folder_(std::move(folder)),
      socket_(std::filesystem::path(socket).lexically_normal().string()),
      path_(fmt::format("{}/session-{:016x}", folder_, hash_of(socket_))) {}

PrivateName SessionFile::name_in(const Descriptor& folder) const {
    PrivateName name;
    name.folder = folder.get();
    name.name = path_.substr(folder_.size() + 1);
    name.path = path_;
    name.what = "session file";
    name.hint = "sign in again, which replaces it: vaultctl login NAME";
    return name;
}

Result<std::optional<StoredSession>> SessionFile::read() const {
    std::optional<StoredSession> found;
    VAULT_TRY(const Descriptor folder, find_private_folder(folder_, folder_hint(folder_)));
    if (!folder.is_open()) return found;
    const PrivateName name = name_in(folder);
    auto bytes = read_private(name);
    if (!bytes && bytes.error().code() == Errc::NotFound) return found;
    if (!bytes) return bytes.error();
    std::string_view text = bytes.value().reveal();
    const bool marked = text.starts_with(kMark);
    if (marked) text.remove_prefix(kMark.size());
    const auto socket = take_line(text, "socket");
    const auto user = take_line(text, "user");
    const auto id = take_line(text, "session");
    const auto token = take_line(text, "token");
    if (!marked || !socket || !user || !id || !token || token->empty())
        return Error{Errc::PermissionDenied,
                     fmt::format("the session file {} was not written by this program", path_),
                     {},
                     name.hint};
    if (*socket != socket_) return found;
    found.emplace(StoredSession{std::string(*user), std::string(*id), joined(*token, {})});
    return found;
}

Result<void> SessionFile::prepare() const {
    VAULT_TRYV(private_folder(folder_, folder_hint(folder_)));
    return success();
}

Result<void> SessionFile::write(const StoredSession& session) const {
    VAULT_TRY(const Descriptor folder, private_folder(folder_, folder_hint(folder_)));
    VAULT_TRY(auto writer, PrivateWriter::open(name_in(folder)));
    const Secret lines = joined(fmt::format("{}socket {}\nuser {}\nsession {}\ntoken ", kMark,
                                            socket_, session.user, session.id),
                                session.token.reveal());
    return writer.commit(joined(lines.reveal(), "\n"));
}

bool SessionFile::remove() const {
    const auto folder = find_private_folder(folder_, {});
    if (!folder || !folder.value().is_open()) return false;
    return ::unlinkat(folder.value().get(), name_in(folder.value()).name.c_str(), 0) == 0;
}

bool SessionFile::remove(const Secret& token) const {
    const auto kept = read();
    return kept && kept.value() && kept.value()->token.equals(token) && remove();
}

Result<Secret> read_token_file(const std::string& path, const std::string& credentials) {
    PrivateName file;
    file.name = path;
    file.path = path;
    file.what = "token file";
    file.may_link = true;
    file.credential = !credentials.empty() && path.starts_with(credentials + '/');
    file.hint = "give one of your own, of mode 0600, with what vaultctl token create printed";
    VAULT_TRY(const Secret bytes, read_private(file));
    std::string_view line = bytes.reveal().substr(0, bytes.reveal().find('\n'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.size() > kMostToken || !std::ranges::all_of(line, is_of_token))
        return Error{Errc::InvalidParams, fmt::format("there is no token in {}", path),
                     "token_file", file.hint};
    return joined(line, {});
}

}  // namespace vault::client
