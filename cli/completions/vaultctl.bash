# shellcheck shell=bash
# Completion of vaultctl(1) for bash, made by "vaultctl completion bash"; do not edit.

# What can stand at a place; false where nothing can. @vaults, @users and the like are asked of the
# daemon, @files are files.
_vaultctl_kind() {
    case $1 in
    'top --user' | 'resume --user' | 'user show:1' | 'user wallets:1' | 'user approve:1' | \
    'user disable:1' | 'user enable:1' | 'user set-password:1' | 'user set-role:1' | \
    'user permit:1' | 'secrets rotate --user' | 'vault list --user' | 'sleeve list --user' | \
    'preset list --user' | 'preset show --user' | 'preset diff --user' | 'risk test --user' | \
    'risk set --user' | 'report vault --user' | 'report fees --user' | 'report sweeps --user' | \
    'report pnl --user' | 'audit list --user' | 'events --user')
        kind=(@users)
        ;;
    'top --account' | 'account remove:1' | 'account show:1' | 'account unattributed:1' | \
    'account attribute:1' | 'account skip-history:1' | 'account deposit:1' | \
    'account withdraw:1' | 'account trade:1' | 'key add --account' | 'key list --account' | \
    'vault create --account' | 'vault list --account' | 'market pairs --account' | \
    'market candles --account' | 'replay start --account' | 'replay run --account' | \
    'replay status --account' | 'replay stop --account' | 'events --account')
        kind=(@accounts)
        ;;
    'top --vault' | 'why-not-trading:1' | 'key policy:1' | 'vault show:1' | 'vault history:1' | \
    'vault set-tradeable:1' | 'vault allocate:1' | 'vault unallocate:1' | 'vault release:1' | \
    'vault reserve:1' | 'vault auto-raise:1' | 'vault pairs:1' | 'vault refresh:1' | \
    'vault pause:1' | 'vault resume:1' | 'vault liquidate:1' | 'vault mode:1' | \
    'sleeve list --vault' | 'sleeve show:1' | 'sleeve set:1' | 'sleeve history:1' | \
    'sleeve pause:1' | 'sleeve resume:1' | 'sleeve strategy:1' | 'sleeve mode:1' | \
    'position list --vault' | 'position show:1' | 'position resolve:1' | 'position write-down:1' | \
    'position adopt:1' | 'preset diff --vault' | 'preset create --vault' | 'preset apply:2' | \
    'risk show:1' | 'risk explain:1' | 'risk test:1' | 'risk set --vault' | 'ledger list:1' | \
    'ledger verify:1' | 'ledger export:1' | 'ledger correct:1' | 'decision why:1' | \
    'decision list --vault' | 'order list --vault' | 'trade list --vault' | 'sweep list --vault' | \
    'report vault:1' | 'report fees:1' | 'report sweeps:1' | 'report pnl:1' | 'events --vault' | \
    'chart balance:1' | 'chart pnl:1' | 'chart sweeps:1' | 'chart fees:1' | 'chart tradeable:1' | \
    'chart price:1')
        kind=(@vaults)
        ;;
    'top --match' | 'top --limit' | 'top --interval' | 'halt --why' | 'resume --why' | \
    'account add --label' | 'account attribute:2' | 'account attribute --to' | \
    'account attribute --amount' | 'account skip-history --why' | 'account deposit:2' | \
    'account deposit:3' | 'account withdraw:2' | 'account withdraw:3' | 'account trade:2' | \
    'account trade:4' | 'account trade --price' | 'login:1' | 'register:1' | 'token create:1' | \
    'token create --methods' | 'token create --expires' | 'token create --rate' | \
    'user create:1' | 'user wallets --add' | 'user wallets --remove' | 'key add --label' | \
    'key rotate --label' | 'backup verify:1' | 'vault create --asset' | 'vault create --balance' | \
    'vault history --from' | 'vault history --to' | 'vault set-tradeable:2' | \
    'vault allocate --quiet' | 'vault allocate --flash' | 'vault unallocate --quiet' | \
    'vault unallocate --flash' | 'vault release:2' | 'vault auto-raise:3' | \
    'vault auto-raise --cap' | 'vault pairs --add' | 'vault pairs --remove' | \
    'vault pause --why' | 'vault resume --why' | 'vault liquidate --why' | 'sleeve set:rest' | \
    'sleeve set --why' | 'sleeve history --since' | 'sleeve history --until' | \
    'sleeve history --limit' | 'sleeve pause --why' | 'sleeve resume --why' | \
    'sleeve strategy:4' | 'sleeve strategy --command' | 'sleeve strategy --folder' | \
    'sleeve strategy --deadline' | 'sleeve strategy --memory-mib' | 'sleeve strategy --why' | \
    'position list --pair' | 'position resolve --price' | 'position resolve --pair' | \
    'position write-down --pair' | 'position adopt --qty' | 'position adopt --cost' | \
    'position adopt --pair' | 'preset show:1' | 'preset diff:1' | 'preset diff:2' | \
    'preset create:1' | 'preset create:rest' | 'preset create --from' | 'preset create --note' | \
    'preset remove:1' | 'preset apply:1' | 'preset apply --why' | 'risk test --since' | \
    'risk test --set' | 'risk set:rest' | 'market import --pair' | 'market import --interval' | \
    'market pairs --exchange' | 'market pairs --quote' | 'market prices:1' | 'market candles:1' | \
    'market candles --interval' | 'market candles --from' | 'market candles --to' | \
    'market candles --limit' | 'replay start --pair' | 'replay start --interval' | \
    'replay start --seed' | 'replay start --from' | 'replay start --to' | 'replay start --days' | \
    'replay run --until' | 'job show:1' | 'job cancel:1' | 'ledger list --since' | \
    'ledger list --until' | 'ledger list --limit' | 'ledger export --from-seq' | \
    'ledger correct --reverses' | 'ledger correct --reason' | 'decision list --pair' | \
    'decision list --since' | 'decision list --until' | 'decision list --limit' | \
    'decision show:1' | 'decision explain:1' | 'order list --pair' | 'order list --since' | \
    'order list --until' | 'order list --limit' | 'order show:1' | 'order explain:1' | \
    'trade list --pair' | 'trade list --since' | 'trade list --until' | 'trade list --limit' | \
    'trade show:1' | 'trade explain:1' | 'sweep list --pair' | 'sweep list --since' | \
    'sweep list --until' | 'sweep list --limit' | 'sweep show:1' | 'sweep explain:1' | \
    'report vault --from' | 'report vault --to' | 'report fees --from' | 'report fees --to' | \
    'report sweeps --from' | 'report sweeps --to' | 'report pnl --from' | 'report pnl --to' | \
    'audit list --actor' | 'audit list --object' | 'audit list --action' | 'audit list --since' | \
    'audit list --until' | 'audit list --limit' | 'events --since' | 'events --until' | \
    'events --limit' | 'events --from-seq' | 'alert ack:1' | 'alert test:1' | 'wait:1' | \
    'wait --for' | 'job wait:1' | 'api call:rest' | 'script check --command' | \
    'script check --interval' | 'script check --pair' | 'script check --ticks' | \
    'script check --sleeves' | 'script check --cash' | 'script check --set' | \
    'script check --deadline' | 'chart balance --from' | 'chart balance --to' | \
    'chart balance --since' | 'chart balance --width' | 'chart balance --height' | \
    'chart pnl --from' | 'chart pnl --to' | 'chart pnl --since' | 'chart pnl --width' | \
    'chart pnl --height' | 'chart sweeps --from' | 'chart sweeps --to' | 'chart sweeps --since' | \
    'chart sweeps --width' | 'chart sweeps --height' | 'chart fees --from' | 'chart fees --to' | \
    'chart fees --since' | 'chart fees --width' | 'chart fees --height' | \
    'chart tradeable --from' | 'chart tradeable --to' | 'chart tradeable --since' | \
    'chart tradeable --width' | 'chart tradeable --height' | 'chart price --pair' | \
    'chart price --interval' | 'chart price --from' | 'chart price --to' | 'chart price --since' | \
    'chart price --width' | 'chart price --height')
        kind=()
        ;;
    'top --sort')
        kind=(
            id user state total tradeable equity today unrealised realised
        )
        ;;
    'top --view')
        kind=(vaults sleeves positions orders alerts)
        ;;
    'why-not-trading:2' | 'sleeve show:2' | 'sleeve set:2' | 'sleeve history:2' | \
    'sleeve pause:2' | 'sleeve resume:2' | 'sleeve strategy:2' | 'sleeve mode:2' | \
    'position list --sleeve' | 'position show:2' | 'position resolve:2' | \
    'position write-down:2' | 'position adopt:2' | 'preset diff --sleeve' | \
    'preset create --sleeve' | 'preset apply:3' | 'risk explain:2' | 'risk test:2' | \
    'risk set --sleeve' | 'decision why:2' | 'decision list --sleeve' | 'order list --sleeve' | \
    'trade list --sleeve' | 'sweep list --sleeve' | 'events --sleeve' | 'chart balance --sleeve' | \
    'chart pnl --sleeve' | 'chart sweeps --sleeve' | 'chart fees --sleeve')
        kind=(quiet flash)
        ;;
    'config check:1' | 'login --password-file' | 'login --code-file' | 'passwd --password-file' | \
    'passwd --new-password-file' | 'register --password-file' | 'mfa enroll --password-file' | \
    'mfa confirm --code-file' | 'mfa verify --code-file' | 'token create --out' | \
    'user create --password-file' | 'user set-password --password-file' | \
    'key add --api-key-file' | 'key add --secret-file' | 'key rotate --api-key-file' | \
    'key rotate --secret-file' | 'secrets rotate --passphrase-file' | \
    'secrets escrow --passphrase-file' | 'secrets escrow --out' | 'secrets drill --copy' | \
    'secrets drill --passphrase-file' | 'market import:1' | 'replay start:1' | \
    'ledger export --out' | 'report vault --out' | 'report fees --out' | 'report sweeps --out' | \
    'report pnl --out' | 'audit verify --head' | 'batch --file' | 'batch -f' | 'script check:1' | \
    'script check --folder' | 'script check --candles' | 'chart balance --out' | \
    'chart pnl --out' | 'chart sweeps --out' | 'chart fees --out' | 'chart tradeable --out' | \
    'chart price --out')
        kind=(@files)
        ;;
    'account add --exchange')
        kind=(paper kraken binance coinbase)
        ;;
    'account trade:3')
        kind=(buy sell)
        ;;
    'session revoke:1')
        kind=(@sessions)
        ;;
    'token revoke:1')
        kind=(@tokens)
        ;;
    'user create --role' | 'user set-role:2')
        kind=(admin moderator member auditor)
        ;;
    'user permit --add' | 'user permit --remove')
        kind=(trade allocate keys reports live)
        ;;
    'key validate:1' | 'key rotate:1' | 'key retire:1' | 'key remove:1' | 'key policy:3')
        kind=(@keys)
        ;;
    'key policy:2')
        kind=(round-robin health pinned)
        ;;
    'secrets rotate:1')
        kind=(master-key data-keys)
        ;;
    'vault reserve:2')
        kind=(off)
        ;;
    'vault auto-raise:2')
        kind=(off full percent)
        ;;
    'vault mode:2')
        kind=(paper validate live)
        ;;
    'sleeve strategy:3')
        kind=(cycle script)
        ;;
    'sleeve mode:3')
        kind=(rules ml-assisted)
        ;;
    'position resolve --as')
        kind=(sold withdrawn kept)
        ;;
    'replay start --path')
        kind=(ohlc4 close)
        ;;
    'replay start --speed')
        kind=(max)
        ;;
    'report vault --output' | 'report fees --output' | 'report sweeps --output' | \
    'report pnl --output' | 'chart balance --output' | 'chart pnl --output' | \
    'chart sweeps --output' | 'chart fees --output' | 'chart tradeable --output' | \
    'chart price --output')
        kind=(table wide json jsonl csv plain html)
        ;;
    'audit list --outcome')
        kind=(applied refused)
        ;;
    'events --severity')
        kind=(info warning alert)
        ;;
    'completion:1')
        kind=(bash zsh fish)
        ;;
    'api call:1')
        kind=(
            hello status top health halt resume why_not_trading version api.describe metrics doctor
            config.show config.check config.reload account.add account.remove account.list
            account.show account.exchanges account.unattributed account.attribute
            account.skip_history account.deposit account.withdraw account.trade login logout whoami
            passwd register session.list session.revoke mfa.enroll mfa.confirm mfa.verify
            mfa.disable mfa.status token.create token.list token.revoke user.create user.list
            user.show user.wallets user.approve user.disable user.enable user.set_password
            user.set_role user.permit key.add key.list key.validate key.rotate key.retire key.remove
            key.policy secrets.show secrets.rotate secrets.escrow secrets.drill backup.create
            backup.list backup.verify vault.create vault.list vault.show vault.history
            vault.set_tradeable vault.allocate vault.unallocate vault.release vault.reserve
            vault.auto_raise vault.pairs vault.refresh vault.pause vault.resume vault.liquidate
            vault.mode sleeve.list sleeve.show sleeve.set sleeve.history sleeve.pause sleeve.resume
            sleeve.strategy sleeve.mode position.list position.show position.resolve
            position.write_down position.adopt preset.list preset.show preset.diff preset.create
            preset.remove preset.apply risk.show risk.explain risk.test risk.set market.import
            market.pairs market.prices market.candles replay.start replay.run replay.status
            replay.stop job.list job.show job.cancel ledger.list ledger.verify ledger.export
            ledger.correct decision.why decision.list decision.show decision.explain order.list
            order.show order.explain trade.list trade.show trade.explain sweep.list sweep.show
            sweep.explain report.vault report.fees report.sweeps report.pnl audit.list audit.verify
            audit.head events sub.open sub.credit sub.close alert.list alert.ack alert.test
        )
        ;;
    'api errors:1')
        kind=(
            USAGE INVALID_PARAMS FRAME_TOO_LARGE NOT_FOUND EXISTS IDEM_MISMATCH NOT_READY BUSY
            RATE_LIMITED DRAINING EXPIRED_BEFORE_START DAEMON_DOWN NO_SOCKET_ACCESS PROTO_RANGE
            PERM_DENIED AUTH_REQUIRED MFA_REQUIRED REPLY_NOT_REPEATABLE CONFIG_INVALID
            OUTCOME_UNKNOWN INTERRUPTED IO INTERNAL STORE_FAILED STORE_INVALID
            tradeable_below_allocated tradeable_above_cap allocation_above_unallocated
            unallocate_above_balance insufficient_reserve insufficient_balance quote_mismatch
            wallet_not_selected amount_too_large invariant_broken not_flat wrong_state
            mode_not_paper below_minimum fee_too_high key_refused confirmation_needed 0 1 3 4 5 6 64
            65 69 70 74 75 76 77 78 124 130
        )
        ;;
    'script check --preset')
        kind=(flash quiet)
        ;;
    'chart balance --style' | 'chart pnl --style' | 'chart sweeps --style' | \
    'chart fees --style' | 'chart tradeable --style' | 'chart price --style')
        kind=(braille block ascii)
        ;;
    *' --output')
        kind=(table wide json jsonl csv plain)
        ;;
    *' --timeout' | *' --idem-key')
        kind=()
        ;;
    *' --socket' | *' --token-file')
        kind=(@files)
        ;;
    *' --color')
        kind=(auto always never)
        ;;
    *) return 1 ;;
    esac
}

# What can follow a noun, or nothing.
_vaultctl_choices() {
    case $1 in
    '')
        choices=(
            status top health halt resume why-not-trading version metrics doctor login logout whoami
            passwd register events help completion wait batch api config account session mfa token
            user key secrets backup vault sleeve position preset risk market replay job ledger
            decision order trade sweep report audit alert script chart
        )
        ;;
    'api')
        choices=(describe call errors)
        ;;
    'config')
        choices=(show check reload)
        ;;
    'account')
        choices=(
            add remove list show exchanges unattributed attribute skip-history deposit withdraw
            trade
        )
        ;;
    'session')
        choices=(list revoke)
        ;;
    'mfa')
        choices=(enroll confirm verify disable status)
        ;;
    'token')
        choices=(create list revoke)
        ;;
    'user')
        choices=(
            create list show wallets approve disable enable set-password set-role permit
        )
        ;;
    'key')
        choices=(add list validate rotate retire remove policy)
        ;;
    'secrets')
        choices=(show rotate escrow drill)
        ;;
    'backup')
        choices=(create list verify)
        ;;
    'vault')
        choices=(
            create list show history set-tradeable allocate unallocate release reserve auto-raise
            pairs refresh pause resume liquidate mode
        )
        ;;
    'sleeve')
        choices=(
            list show set history pause resume strategy mode
        )
        ;;
    'position')
        choices=(list show resolve write-down adopt)
        ;;
    'preset')
        choices=(list show diff create remove apply)
        ;;
    'risk')
        choices=(show explain test set)
        ;;
    'market')
        choices=(import pairs prices candles)
        ;;
    'replay')
        choices=(start run status stop)
        ;;
    'job')
        choices=(list show cancel wait)
        ;;
    'ledger')
        choices=(list verify export correct)
        ;;
    'decision')
        choices=(why list show explain)
        ;;
    'order')
        choices=(list show explain)
        ;;
    'trade')
        choices=(list show explain)
        ;;
    'sweep')
        choices=(list show explain)
        ;;
    'report')
        choices=(vault fees sweeps pnl)
        ;;
    'audit')
        choices=(list verify head)
        ;;
    'alert')
        choices=(list ack test)
        ;;
    'script')
        choices=(check)
        ;;
    'chart')
        choices=(balance pnl sweeps fees tradeable price)
        ;;
    *) return 1 ;;
    esac
}

# The flags of a command.
_vaultctl_flags() {
    case $1 in
    'top')
        flags=(
            --user --account --vault --match --sort --reverse --limit --once --interval --view
        )
        ;;
    'halt')
        flags=(--why)
        ;;
    'resume')
        flags=(--why --user)
        ;;
    'config show')
        flags=(--origin)
        ;;
    'account add')
        flags=(--exchange --label)
        ;;
    'account unattributed')
        flags=(--all)
        ;;
    'account attribute')
        flags=(--to --amount)
        ;;
    'account skip-history')
        flags=(--why)
        ;;
    'account trade')
        flags=(--price)
        ;;
    'login')
        flags=(--password-file --code-file)
        ;;
    'passwd')
        flags=(--password-file --new-password-file)
        ;;
    'register')
        flags=(--password-file)
        ;;
    'session revoke')
        flags=(--all)
        ;;
    'mfa enroll')
        flags=(--password-file)
        ;;
    'mfa confirm')
        flags=(--code-file)
        ;;
    'mfa verify')
        flags=(--code-file)
        ;;
    'token create')
        flags=(--methods --expires --rate --out)
        ;;
    'user create')
        flags=(--role --password-file)
        ;;
    'user wallets')
        flags=(--add --remove)
        ;;
    'user set-password')
        flags=(--password-file)
        ;;
    'user permit')
        flags=(--add --remove)
        ;;
    'key add')
        flags=(
            --account --api-key-file --secret-file --label --allow-withdrawal-permission
        )
        ;;
    'key list')
        flags=(--account)
        ;;
    'key rotate')
        flags=(
            --api-key-file --secret-file --label --allow-withdrawal-permission
        )
        ;;
    'secrets rotate')
        flags=(--user --passphrase-file)
        ;;
    'secrets escrow')
        flags=(--passphrase-file --out)
        ;;
    'secrets drill')
        flags=(--copy --passphrase-file)
        ;;
    'vault create')
        flags=(--account --asset --balance)
        ;;
    'vault list')
        flags=(--user --account)
        ;;
    'vault history')
        flags=(--from --to)
        ;;
    'vault allocate')
        flags=(--quiet --flash)
        ;;
    'vault unallocate')
        flags=(--quiet --flash)
        ;;
    'vault auto-raise')
        flags=(--cap)
        ;;
    'vault pairs')
        flags=(--add --remove --available)
        ;;
    'vault pause')
        flags=(--why)
        ;;
    'vault resume')
        flags=(--why)
        ;;
    'vault liquidate')
        flags=(--why)
        ;;
    'sleeve list')
        flags=(--vault --user)
        ;;
    'sleeve set')
        flags=(--apply-to-open --why)
        ;;
    'sleeve history')
        flags=(--since --until --limit)
        ;;
    'sleeve pause')
        flags=(--why)
        ;;
    'sleeve resume')
        flags=(--why)
        ;;
    'sleeve strategy')
        flags=(
            --command --folder --deadline --memory-mib --why
        )
        ;;
    'position list')
        flags=(--vault --sleeve --pair)
        ;;
    'position resolve')
        flags=(--as --price --pair)
        ;;
    'position write-down')
        flags=(--pair)
        ;;
    'position adopt')
        flags=(--qty --cost --pair)
        ;;
    'preset list')
        flags=(--user)
        ;;
    'preset show')
        flags=(--user)
        ;;
    'preset diff')
        flags=(--vault --sleeve --user)
        ;;
    'preset create')
        flags=(--from --vault --sleeve --note)
        ;;
    'preset apply')
        flags=(--apply-to-open --why)
        ;;
    'risk test')
        flags=(--user --since --set)
        ;;
    'risk set')
        flags=(--vault --sleeve --user)
        ;;
    'market import')
        flags=(--pair --interval)
        ;;
    'market pairs')
        flags=(--account --exchange --quote)
        ;;
    'market candles')
        flags=(--account --interval --from --to --limit)
        ;;
    'replay start')
        flags=(
            --account --pair --interval --path --seed --speed --from --to --days
        )
        ;;
    'replay run')
        flags=(--account --until)
        ;;
    'replay status')
        flags=(--account)
        ;;
    'replay stop')
        flags=(--account)
        ;;
    'ledger list')
        flags=(--since --until --limit)
        ;;
    'ledger verify')
        flags=(--all)
        ;;
    'ledger export')
        flags=(--from-seq --out)
        ;;
    'ledger correct')
        flags=(--reverses --reason)
        ;;
    'decision list')
        flags=(
            --vault --sleeve --pair --since --until --limit
        )
        ;;
    'order list')
        flags=(
            --vault --sleeve --pair --since --until --limit
        )
        ;;
    'trade list')
        flags=(
            --vault --sleeve --pair --since --until --limit
        )
        ;;
    'sweep list')
        flags=(
            --vault --sleeve --pair --since --until --limit
        )
        ;;
    'report vault')
        flags=(--user --all --from --to --out)
        ;;
    'report fees')
        flags=(--user --all --from --to --out)
        ;;
    'report sweeps')
        flags=(--user --all --from --to --out)
        ;;
    'report pnl')
        flags=(--user --all --from --to --out)
        ;;
    'audit list')
        flags=(
            --user --actor --object --action --outcome --since --until --limit
        )
        ;;
    'audit verify')
        flags=(--head)
        ;;
    'events')
        flags=(
            --account --vault --sleeve --user --severity --since --until --limit --follow --from-seq
        )
        ;;
    'alert list')
        flags=(--all)
        ;;
    'alert ack')
        flags=(--all)
        ;;
    'wait')
        flags=(--for)
        ;;
    'batch')
        flags=(--file --keep-going)
        ;;
    'script check')
        flags=(
            --command --folder --candles --interval --pair --ticks --sleeves --cash --preset --set
            --deadline --compare --weak
        )
        ;;
    'chart balance')
        flags=(
            --sleeve --from --to --since --width --height --style --ascii --out
        )
        ;;
    'chart pnl')
        flags=(
            --sleeve --from --to --since --width --height --style --ascii --out
        )
        ;;
    'chart sweeps')
        flags=(
            --sleeve --from --to --since --width --height --style --ascii --out
        )
        ;;
    'chart fees')
        flags=(
            --sleeve --from --to --since --width --height --style --ascii --out
        )
        ;;
    'chart tradeable')
        flags=(
            --from --to --since --width --height --style --ascii --out
        )
        ;;
    'chart price')
        flags=(
            --pair --interval --from --to --since --width --height --style --ascii --out
        )
        ;;
    *) flags=() ;;
    esac
    flags+=(
            --output --json --quiet --yes --dry-run --wait --timeout --socket --token-file
            --idem-key --color --no-pager --help
    )
}

# Finds out what the words before the cursor are: noun, command, flag (one that still waits for its
# value), count (of the words after the command), socket.
_vaultctl_read_words() {
    local word
    local -i at
    noun='' command='' flag='' socket='' count=0
    for ((at = 1; at < COMP_CWORD; at++)); do
        word=${COMP_WORDS[at]}
        if [[ -n $flag ]]; then
            [[ $word == '=' ]] && continue
            [[ $flag == --socket ]] && socket=$word
            flag=''
        elif [[ $word == -[!0-9.]* ]]; then
            [[ $word == -o ]] && word=--output
            _vaultctl_kind "$command $word" && flag=$word
        elif [[ -n $command ]]; then
            count+=1
        elif [[ -n $noun ]]; then
            command="$noun $word"
        elif _vaultctl_choices "$word"; then
            noun=$word
        elif _vaultctl_choices "${word%s}"; then
            noun=${word%s}
        elif [[ $word != help ]]; then
            command=$word
        fi
    done
}

# What the daemon calls its vaults, accounts or users; it has 150 ms to answer.
_vaultctl_ask() {
    "${COMP_WORDS[0]}" __complete "$1" ${socket:+--socket "$socket"} 2>/dev/null
}

_vaultctl() {
    local cur=${COMP_WORDS[COMP_CWORD]} noun command flag socket item
    local -i count
    local -a kind=() choices=() flags=()
    COMPREPLY=()
    _vaultctl_read_words
    if [[ -n $flag ]]; then
        [[ $cur == '=' ]] && cur=''
        _vaultctl_kind "$command $flag"
    elif [[ $cur == -* ]]; then
        _vaultctl_flags "$command"
        kind=("${flags[@]}")
    elif [[ -n $command ]]; then
        _vaultctl_kind "$command:$((count + 1))" || _vaultctl_kind "$command:rest"
    else
        _vaultctl_choices "$noun"
        kind=("${choices[@]}")
    fi
    for item in "${kind[@]}";
do
        case $item in
        @files)
            compopt -o filenames 2>/dev/null
            mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur")
            ;;
        @*)
            while IFS= read -r item; do
                [[ $item == "$cur"* ]] && COMPREPLY+=("$item")
            done < <(_vaultctl_ask "${item#@}")
            ;;
        "$cur"*) COMPREPLY+=("$item") ;;
        esac
    done
}

complete -F _vaultctl vaultctl
