# Completion of vaultctl(1) for fish, made by "vaultctl completion fish"; do not edit.

# What can stand at a place; false where nothing can. @vaults, @accounts and @users are asked of the
# daemon, @files are files.
function __vaultctl_kind
    switch $argv[1]
        case 'top --user' 'resume --user' 'user show:1' 'user wallets:1' 'user approve:1' 'user disable:1' 'user enable:1' 'user set-password:1' 'user set-role:1' 'user permit:1' 'secrets rotate --user' 'vault list --user' 'sleeve list --user' 'preset list --user' 'preset show --user' 'preset diff --user' 'risk test --user' 'risk set --user' 'report vault --user' 'report fees --user' 'report sweeps --user' 'report pnl --user' 'audit list --user' 'events --user'
            echo @users
        case 'top --account' 'account remove:1' 'account show:1' 'account unattributed:1' 'account attribute:1' 'account skip-history:1' 'account deposit:1' 'account withdraw:1' 'account trade:1' 'key add --account' 'key list --account' 'vault create --account' 'vault list --account' 'market pairs --account' 'market candles --account' 'replay start --account' 'replay run --account' 'replay status --account' 'replay stop --account' 'events --account'
            echo @accounts
        case 'top --vault' 'why-not-trading:1' 'key policy:1' 'vault show:1' 'vault history:1' 'vault set-tradeable:1' 'vault allocate:1' 'vault unallocate:1' 'vault release:1' 'vault reserve:1' 'vault auto-raise:1' 'vault pairs:1' 'vault refresh:1' 'vault pause:1' 'vault resume:1' 'vault liquidate:1' 'vault mode:1' 'sleeve list --vault' 'sleeve show:1' 'sleeve set:1' 'sleeve history:1' 'sleeve pause:1' 'sleeve resume:1' 'sleeve strategy:1' 'sleeve mode:1' 'position list --vault' 'position show:1' 'position resolve:1' 'position write-down:1' 'position adopt:1' 'preset diff --vault' 'preset create --vault' 'preset apply:2' 'risk show:1' 'risk explain:1' 'risk test:1' 'risk set --vault' 'ledger list:1' 'ledger verify:1' 'ledger export:1' 'ledger correct:1' 'decision why:1' 'decision list --vault' 'order list --vault' 'trade list --vault' 'sweep list --vault' 'report vault:1' 'report fees:1' 'report sweeps:1' 'report pnl:1' 'events --vault' 'chart balance:1' 'chart pnl:1' 'chart sweeps:1' 'chart fees:1' 'chart tradeable:1' 'chart price:1'
            echo @vaults
        case 'top --match' 'top --limit' 'top --interval' 'halt --why' 'resume --why' 'account add --label' 'account attribute:2' 'account attribute --to' 'account attribute --amount' 'account skip-history --why' 'account deposit:2' 'account deposit:3' 'account withdraw:2' 'account withdraw:3' 'account trade:2' 'account trade:4' 'account trade --price' 'login:1' 'register:1' 'token create:1' 'token create --methods' 'token create --expires' 'token create --rate' 'user create:1' 'user wallets --add' 'user wallets --remove' 'key add --label' 'key rotate --label' 'backup verify:1' 'vault create --asset' 'vault create --balance' 'vault history --from' 'vault history --to' 'vault set-tradeable:2' 'vault allocate --quiet' 'vault allocate --flash' 'vault unallocate --quiet' 'vault unallocate --flash' 'vault release:2' 'vault auto-raise:3' 'vault auto-raise --cap' 'vault pairs --add' 'vault pairs --remove' 'vault pause --why' 'vault resume --why' 'vault liquidate --why' 'sleeve set:rest' 'sleeve set --why' 'sleeve history --since' 'sleeve history --until' 'sleeve history --limit' 'sleeve pause --why' 'sleeve resume --why' 'sleeve strategy:4' 'sleeve strategy --command' 'sleeve strategy --folder' 'sleeve strategy --deadline' 'sleeve strategy --memory-mib' 'sleeve strategy --why' 'position list --pair' 'position resolve --price' 'position resolve --pair' 'position write-down --pair' 'position adopt --qty' 'position adopt --cost' 'position adopt --pair' 'preset show:1' 'preset diff:1' 'preset diff:2' 'preset create:1' 'preset create:rest' 'preset create --from' 'preset create --note' 'preset remove:1' 'preset apply:1' 'preset apply --why' 'risk test --since' 'risk test --set' 'risk set:rest' 'market import --pair' 'market import --interval' 'market pairs --exchange' 'market pairs --quote' 'market prices:1' 'market candles:1' 'market candles --interval' 'market candles --from' 'market candles --to' 'market candles --limit' 'replay start --pair' 'replay start --interval' 'replay start --seed' 'replay start --from' 'replay start --to' 'replay start --days' 'replay run --until' 'job show:1' 'job cancel:1' 'ledger list --since' 'ledger list --until' 'ledger list --limit' 'ledger export --from-seq' 'ledger correct --reverses' 'ledger correct --reason' 'decision list --pair' 'decision list --since' 'decision list --until' 'decision list --limit' 'decision show:1' 'decision explain:1' 'order list --pair' 'order list --since' 'order list --until' 'order list --limit' 'order show:1' 'order explain:1' 'trade list --pair' 'trade list --since' 'trade list --until' 'trade list --limit' 'trade show:1' 'trade explain:1' 'sweep list --pair' 'sweep list --since' 'sweep list --until' 'sweep list --limit' 'sweep show:1' 'sweep explain:1' 'report vault --from' 'report vault --to' 'report fees --from' 'report fees --to' 'report sweeps --from' 'report sweeps --to' 'report pnl --from' 'report pnl --to' 'audit list --actor' 'audit list --object' 'audit list --action' 'audit list --since' 'audit list --until' 'audit list --limit' 'events --since' 'events --until' 'events --limit' 'events --from-seq' 'alert ack:1' 'alert test:1' 'wait:1' 'wait --for' 'job wait:1' 'api call:rest' 'script check --command' 'script check --interval' 'script check --pair' 'script check --ticks' 'script check --sleeves' 'script check --cash' 'script check --set' 'script check --deadline' 'chart balance --from' 'chart balance --to' 'chart balance --since' 'chart balance --width' 'chart balance --height' 'chart pnl --from' 'chart pnl --to' 'chart pnl --since' 'chart pnl --width' 'chart pnl --height' 'chart sweeps --from' 'chart sweeps --to' 'chart sweeps --since' 'chart sweeps --width' 'chart sweeps --height' 'chart fees --from' 'chart fees --to' 'chart fees --since' 'chart fees --width' 'chart fees --height' 'chart tradeable --from' 'chart tradeable --to' 'chart tradeable --since' 'chart tradeable --width' 'chart tradeable --height' 'chart price --pair' 'chart price --interval' 'chart price --from' 'chart price --to' 'chart price --since' 'chart price --width' 'chart price --height'
            true
        case 'top --sort'
            echo id
            echo user
            echo state
            echo total
            echo tradeable
            echo equity
            echo today
            echo unrealised
            echo realised
        case 'top --view'
            echo vaults
            echo sleeves
            echo positions
            echo orders
            echo alerts
        case 'why-not-trading:2' 'sleeve show:2' 'sleeve set:2' 'sleeve history:2' 'sleeve pause:2' 'sleeve resume:2' 'sleeve strategy:2' 'sleeve mode:2' 'position list --sleeve' 'position show:2' 'position resolve:2' 'position write-down:2' 'position adopt:2' 'preset diff --sleeve' 'preset create --sleeve' 'preset apply:3' 'risk explain:2' 'risk test:2' 'risk set --sleeve' 'decision why:2' 'decision list --sleeve' 'order list --sleeve' 'trade list --sleeve' 'sweep list --sleeve' 'events --sleeve' 'chart balance --sleeve' 'chart pnl --sleeve' 'chart sweeps --sleeve' 'chart fees --sleeve'
            echo quiet
            echo flash
        case 'config check:1' 'login --password-file' 'login --code-file' 'passwd --password-file' 'passwd --new-password-file' 'register --password-file' 'mfa enroll --password-file' 'mfa confirm --code-file' 'mfa verify --code-file' 'token create --out' 'user create --password-file' 'user set-password --password-file' 'key add --api-key-file' 'key add --secret-file' 'key rotate --api-key-file' 'key rotate --secret-file' 'secrets rotate --passphrase-file' 'secrets escrow --passphrase-file' 'secrets escrow --out' 'secrets drill --copy' 'secrets drill --passphrase-file' 'market import:1' 'replay start:1' 'ledger export --out' 'report vault --out' 'report fees --out' 'report sweeps --out' 'report pnl --out' 'audit verify --head' 'batch --file' 'batch -f' 'script check:1' 'script check --folder' 'script check --candles' 'chart balance --out' 'chart pnl --out' 'chart sweeps --out' 'chart fees --out' 'chart tradeable --out' 'chart price --out'
            echo @files
        case 'account add --exchange'
            echo paper
            echo kraken
            echo binance
            echo coinbase
        case 'account trade:3'
            echo buy
            echo sell
        case 'session revoke:1'
            echo @sessions
        case 'token revoke:1'
            echo @tokens
        case 'user create --role' 'user set-role:2'
            echo admin
            echo moderator
            echo member
            echo auditor
        case 'user permit --add' 'user permit --remove'
            echo trade
            echo allocate
            echo keys
            echo reports
            echo live
        case 'key validate:1' 'key rotate:1' 'key retire:1' 'key remove:1' 'key policy:3'
            echo @keys
        case 'key policy:2'
            echo round-robin
            echo health
            echo pinned
        case 'secrets rotate:1'
            echo master-key
            echo data-keys
        case 'vault reserve:2'
            echo off
        case 'vault auto-raise:2'
            echo off
            echo full
            echo percent
        case 'vault mode:2'
            echo paper
            echo validate
            echo live
        case 'sleeve strategy:3'
            echo cycle
            echo script
        case 'sleeve mode:3'
            echo rules
            echo ml-assisted
        case 'position resolve --as'
            echo sold
            echo withdrawn
            echo kept
        case 'replay start --path'
            echo ohlc4
            echo close
        case 'replay start --speed'
            echo max
        case 'report vault --output' 'report fees --output' 'report sweeps --output' 'report pnl --output' 'chart balance --output' 'chart pnl --output' 'chart sweeps --output' 'chart fees --output' 'chart tradeable --output' 'chart price --output'
            echo table
            echo wide
            echo json
            echo jsonl
            echo csv
            echo plain
            echo html
        case 'audit list --outcome'
            echo applied
            echo refused
        case 'events --severity'
            echo info
            echo warning
            echo alert
        case 'completion:1'
            echo bash
            echo zsh
            echo fish
        case 'api call:1'
            echo hello
            echo status
            echo top
            echo health
            echo halt
            echo resume
            echo why_not_trading
            echo version
            echo api.describe
            echo metrics
            echo doctor
            echo config.show
            echo config.check
            echo config.reload
            echo account.add
            echo account.remove
            echo account.list
            echo account.show
            echo account.exchanges
            echo account.unattributed
            echo account.attribute
            echo account.skip_history
            echo account.deposit
            echo account.withdraw
            echo account.trade
            echo login
            echo logout
            echo whoami
            echo passwd
            echo register
            echo session.list
            echo session.revoke
            echo mfa.enroll
            echo mfa.confirm
            echo mfa.verify
            echo mfa.disable
            echo mfa.status
            echo token.create
            echo token.list
            echo token.revoke
            echo user.create
            echo user.list
            echo user.show
            echo user.wallets
            echo user.approve
            echo user.disable
            echo user.enable
            echo user.set_password
            echo user.set_role
            echo user.permit
            echo key.add
            echo key.list
            echo key.validate
            echo key.rotate
            echo key.retire
            echo key.remove
            echo key.policy
            echo secrets.show
            echo secrets.rotate
            echo secrets.escrow
            echo secrets.drill
            echo backup.create
            echo backup.list
            echo backup.verify
            echo vault.create
            echo vault.list
            echo vault.show
            echo vault.history
            echo vault.set_tradeable
            echo vault.allocate
            echo vault.unallocate
            echo vault.release
            echo vault.reserve
            echo vault.auto_raise
            echo vault.pairs
            echo vault.refresh
            echo vault.pause
            echo vault.resume
            echo vault.liquidate
            echo vault.mode
            echo sleeve.list
            echo sleeve.show
            echo sleeve.set
            echo sleeve.history
            echo sleeve.pause
            echo sleeve.resume
            echo sleeve.strategy
            echo sleeve.mode
            echo position.list
            echo position.show
            echo position.resolve
            echo position.write_down
            echo position.adopt
            echo preset.list
            echo preset.show
            echo preset.diff
            echo preset.create
            echo preset.remove
            echo preset.apply
            echo risk.show
            echo risk.explain
            echo risk.test
            echo risk.set
            echo market.import
            echo market.pairs
            echo market.prices
            echo market.candles
            echo replay.start
            echo replay.run
            echo replay.status
            echo replay.stop
            echo job.list
            echo job.show
            echo job.cancel
            echo ledger.list
            echo ledger.verify
            echo ledger.export
            echo ledger.correct
            echo decision.why
            echo decision.list
            echo decision.show
            echo decision.explain
            echo order.list
            echo order.show
            echo order.explain
            echo trade.list
            echo trade.show
            echo trade.explain
            echo sweep.list
            echo sweep.show
            echo sweep.explain
            echo report.vault
            echo report.fees
            echo report.sweeps
            echo report.pnl
            echo audit.list
            echo audit.verify
            echo audit.head
            echo events
            echo sub.open
            echo sub.credit
            echo sub.close
            echo alert.list
            echo alert.ack
            echo alert.test
        case 'api errors:1'
            echo USAGE
            echo INVALID_PARAMS
            echo FRAME_TOO_LARGE
            echo NOT_FOUND
            echo EXISTS
            echo IDEM_MISMATCH
            echo NOT_READY
            echo BUSY
            echo RATE_LIMITED
            echo DRAINING
            echo EXPIRED_BEFORE_START
            echo DAEMON_DOWN
            echo NO_SOCKET_ACCESS
            echo PROTO_RANGE
            echo PERM_DENIED
            echo AUTH_REQUIRED
            echo MFA_REQUIRED
            echo REPLY_NOT_REPEATABLE
            echo CONFIG_INVALID
            echo OUTCOME_UNKNOWN
            echo INTERRUPTED
            echo IO
            echo INTERNAL
            echo STORE_FAILED
            echo STORE_INVALID
            echo tradeable_below_allocated
            echo tradeable_above_cap
            echo allocation_above_unallocated
            echo unallocate_above_balance
            echo insufficient_reserve
            echo insufficient_balance
            echo quote_mismatch
            echo wallet_not_selected
            echo amount_too_large
            echo invariant_broken
            echo not_flat
            echo wrong_state
            echo mode_not_paper
            echo below_minimum
            echo fee_too_high
            echo key_refused
            echo confirmation_needed
            echo 0
            echo 1
            echo 3
            echo 4
            echo 5
            echo 6
            echo 64
            echo 65
            echo 69
            echo 70
            echo 74
            echo 75
            echo 76
            echo 77
            echo 78
            echo 124
            echo 130
        case 'script check --preset'
            echo flash
            echo quiet
        case 'chart balance --style' 'chart pnl --style' 'chart sweeps --style' 'chart fees --style' 'chart tradeable --style' 'chart price --style'
            echo braille
            echo block
            echo ascii
        case '* --output'
            echo table
            echo wide
            echo json
            echo jsonl
            echo csv
            echo plain
        case '* --timeout' '* --idem-key'
            true
        case '* --socket' '* --token-file'
            echo @files
        case '* --color'
            echo auto
            echo always
            echo never
        case '*'
            return 1
    end
end

# What can follow a noun, or nothing.
function __vaultctl_choices
    switch "$argv[1]"
        case ''
            printf '%s\t%s\n' status 'What the daemon is doing, on one page'
            printf '%s\t%s\n' top 'Watch vaults, positions, orders and alerts live'
            printf '%s\t%s\n' health 'Whether the daemon is fit to trade'
            printf '%s\t%s\n' halt 'Kill switch: cancel all orders and stop the exit rules'
            printf '%s\t%s\n' resume 'Undo a halt or pause of the whole daemon'
            printf '%s\t%s\n' why-not-trading 'What keeps a vault from trading, and the remedy'
            printf '%s\t%s\n' version 'Versions of this program and of the daemon'
            printf '%s\t%s\n' metrics 'Figures of the daemon for a monitoring system'
            printf '%s\t%s\n' doctor 'Check the deployment, and say what mends it'
            printf '%s\t%s\n' login 'Sign in, for this user of the system on this machine'
            printf '%s\t%s\n' logout 'End this session'
            printf '%s\t%s\n' whoami 'Who the daemon takes you for, and what you may do'
            printf '%s\t%s\n' passwd 'Change your password'
            printf '%s\t%s\n' register 'Ask to become a member'
            printf '%s\t%s\n' events 'What happened, newest last'
            printf '%s\t%s\n' help 'Explain a command, without a daemon'
            printf '%s\t%s\n' completion 'Print the completion script of a shell'
            printf '%s\t%s\n' wait 'Wait until something is in a state'
            printf '%s\t%s\n' batch 'Run the commands of a file, one after the other'
            printf '%s\t%s\n' api ''
            printf '%s\t%s\n' config ''
            printf '%s\t%s\n' account ''
            printf '%s\t%s\n' session ''
            printf '%s\t%s\n' mfa ''
            printf '%s\t%s\n' token ''
            printf '%s\t%s\n' user ''
            printf '%s\t%s\n' key ''
            printf '%s\t%s\n' secrets ''
            printf '%s\t%s\n' backup ''
            printf '%s\t%s\n' vault ''
            printf '%s\t%s\n' sleeve ''
            printf '%s\t%s\n' position ''
            printf '%s\t%s\n' preset ''
            printf '%s\t%s\n' risk ''
            printf '%s\t%s\n' market ''
            printf '%s\t%s\n' replay ''
            printf '%s\t%s\n' job ''
            printf '%s\t%s\n' ledger ''
            printf '%s\t%s\n' decision ''
            printf '%s\t%s\n' order ''
            printf '%s\t%s\n' trade ''
            printf '%s\t%s\n' sweep ''
            printf '%s\t%s\n' report ''
            printf '%s\t%s\n' audit ''
            printf '%s\t%s\n' alert ''
            printf '%s\t%s\n' script ''
            printf '%s\t%s\n' chart ''
        case 'api'
            printf '%s\t%s\n' describe 'Methods, errors and exit codes that the daemon knows'
            printf '%s\t%s\n' call 'Call any method by its name'
            printf '%s\t%s\n' errors 'Error codes and exit codes, and what to do'
        case 'config'
            printf '%s\t%s\n' show 'Show every key of the configuration in force'
            printf '%s\t%s\n' check 'Say what is wrong with a configuration'
            printf '%s\t%s\n' reload 'Read the configuration again and put it in force'
        case 'account'
            printf '%s\t%s\n' add 'Add an exchange account'
            printf '%s\t%s\n' remove 'Remove an account that has no vaults'
            printf '%s\t%s\n' list 'List the accounts'
            printf '%s\t%s\n' show 'Show an account and its wallets'
            printf '%s\t%s\n' exchanges 'List the exchanges, and which this version can use'
            printf '%s\t%s\n' unattributed 'Show what no vault of an account explains'
            printf '%s\t%s\n' attribute 'Say whose the money is that no vault explains'
            printf '%s\t%s\n' skip-history 'Let an account go on although its history is unread'
            printf '%s\t%s\n' deposit 'Put money into a paper account'
            printf '%s\t%s\n' withdraw 'Take money out of a paper account'
            printf '%s\t%s\n' trade 'Trade by hand on a paper account'
        case 'session'
            printf '%s\t%s\n' list 'List your sessions'
            printf '%s\t%s\n' revoke 'End one of your sessions, or all others'
        case 'mfa'
            printf '%s\t%s\n' enroll 'Begin with a second factor: an authenticator app'
            printf '%s\t%s\n' confirm 'Prove that the app works, and switch it on'
            printf '%s\t%s\n' verify 'Show the second factor anew for this session'
            printf '%s\t%s\n' disable 'Stop asking for the second factor'
            printf '%s\t%s\n' status 'Whether you have a second factor'
        case 'token'
            printf '%s\t%s\n' create 'Create a token for a robot, such as a cron job'
            printf '%s\t%s\n' list 'List your tokens'
            printf '%s\t%s\n' revoke 'End one of your tokens'
        case 'user'
            printf '%s\t%s\n' create 'Create a user'
            printf '%s\t%s\n' list 'List the users'
            printf '%s\t%s\n' show 'Show a user: wallets, accounts, vaults and sums'
            printf '%s\t%s\n' wallets 'Show or change a user\'s selected wallets'
            printf '%s\t%s\n' approve 'Let a member in who has registered'
            printf '%s\t%s\n' disable 'Keep a user out, and end the user\'s sessions'
            printf '%s\t%s\n' enable 'Let a disabled user sign in again'
            printf '%s\t%s\n' set-password 'Give another user a new password'
            printf '%s\t%s\n' set-role 'Change what a user may do'
            printf '%s\t%s\n' permit 'Give or take permissions of a user'
        case 'key'
            printf '%s\t%s\n' add 'Add an API key to an account'
            printf '%s\t%s\n' list 'List API keys, their state and their health'
            printf '%s\t%s\n' validate 'Ask the exchange about a key now'
            printf '%s\t%s\n' rotate 'Replace a key by a new one while its vaults trade on'
            printf '%s\t%s\n' retire 'Use a key for nothing new, for good'
            printf '%s\t%s\n' remove 'Retire a key and destroy its secret'
            printf '%s\t%s\n' policy 'Say by which rule a vault picks its API key'
        case 'secrets'
            printf '%s\t%s\n' show 'Which master key seals all secrets, and any rotation'
            printf '%s\t%s\n' rotate 'Seal all secrets by a new master key, or new data keys'
            printf '%s\t%s\n' escrow 'The master key under a passphrase, to be kept elsewhere'
            printf '%s\t%s\n' drill 'Prove that an escrow copy would bring every secret back'
        case 'backup'
            printf '%s\t%s\n' create 'Copy the whole store into a sealed file, while it runs'
            printf '%s\t%s\n' list 'The backups that are there, oldest first'
            printf '%s\t%s\n' verify 'Open a backup and prove the books inside'
        case 'vault'
            printf '%s\t%s\n' create 'Open a vault on one wallet of an account'
            printf '%s\t%s\n' list 'List the vaults'
            printf '%s\t%s\n' show 'Show a vault and its two sleeves'
            printf '%s\t%s\n' history 'Day closes of a vault and its sleeves'
            printf '%s\t%s\n' set-tradeable 'Set how much of a vault is put at risk'
            printf '%s\t%s\n' allocate 'Move unallocated money to the sleeves'
            printf '%s\t%s\n' unallocate 'Take money back from the sleeves'
            printf '%s\t%s\n' release 'Free money of both sleeves, now or as they close'
            printf '%s\t%s\n' reserve 'Keep a share of Total Coins out of Tradeable'
            printf '%s\t%s\n' auto-raise 'Raise Tradeable by itself when money comes in'
            printf '%s\t%s\n' pairs 'Show or change the pairs that a vault trades'
            printf '%s\t%s\n' refresh 'Look for deposits and withdrawals now'
            printf '%s\t%s\n' pause 'No new buys; open positions keep their exit rules'
            printf '%s\t%s\n' resume 'Undo a pause, halt or liquidation of a vault'
            printf '%s\t%s\n' liquidate 'Cancel all orders, sell everything, end halted'
            printf '%s\t%s\n' mode 'Change between paper, validate and live'
        case 'sleeve'
            printf '%s\t%s\n' list 'List the sleeves'
            printf '%s\t%s\n' show 'Show a sleeve: money, position, settings, state'
            printf '%s\t%s\n' set 'Change settings of a sleeve\'s strategy and caps'
            printf '%s\t%s\n' history 'How a sleeve was set: what changed, by whom and why'
            printf '%s\t%s\n' pause 'No new buys of this sleeve'
            printf '%s\t%s\n' resume 'Undo a pause of this sleeve'
            printf '%s\t%s\n' strategy 'Choose the strategy of a sleeve'
            printf '%s\t%s\n' mode 'Rules alone, or rules with a model\'s advice'
        case 'position'
            printf '%s\t%s\n' list 'List the open positions'
            printf '%s\t%s\n' show 'Show the open positions of a sleeve'
            printf '%s\t%s\n' resolve 'Say what became of coins that are missing'
            printf '%s\t%s\n' write-down 'Write unsellable dust off'
            printf '%s\t%s\n' adopt 'Give a sleeve coins that no vault has'
        case 'preset'
            printf '%s\t%s\n' list 'Named settings: the built-in ones and users\' own'
            printf '%s\t%s\n' show 'Show every setting of a preset'
            printf '%s\t%s\n' diff 'How two presets differ, or a preset and a sleeve'
            printf '%s\t%s\n' create 'Make a preset of your own from another or from a sleeve'
            printf '%s\t%s\n' remove 'Remove a preset of your own'
            printf '%s\t%s\n' apply 'Set a sleeve as a preset says'
        case 'risk'
            printf '%s\t%s\n' show 'The risk caps that are set, and what each says now'
            printf '%s\t%s\n' explain 'The arithmetic of every cap that applies to a sleeve'
            printf '%s\t%s\n' test 'When the caps would have tripped on the stored history'
            printf '%s\t%s\n' set 'Set or clear risk caps of a vault, a sleeve or a user'
        case 'market'
            printf '%s\t%s\n' import 'Import candles into the history'
            printf '%s\t%s\n' pairs 'List pairs and their rules'
            printf '%s\t%s\n' prices 'Show the last prices'
            printf '%s\t%s\n' candles 'Show candles made from the prices that an account saw'
        case 'replay'
            printf '%s\t%s\n' start 'Let a paper account see a recorded or synthetic market'
            printf '%s\t%s\n' run 'Run a replay up to a virtual instant'
            printf '%s\t%s\n' status 'Where the replays are'
            printf '%s\t%s\n' stop 'End a replay where it is'
        case 'job'
            printf '%s\t%s\n' list 'List the jobs that run and the last that ended'
            printf '%s\t%s\n' show 'Show a job and how far it is'
            printf '%s\t%s\n' cancel 'End a job before it is done'
            printf '%s\t%s\n' wait 'Wait until a job ends'
        case 'ledger'
            printf '%s\t%s\n' list 'List journal entries of a vault'
            printf '%s\t%s\n' verify 'Check chain, balances and identities of the books'
            printf '%s\t%s\n' export 'Write the journal of a vault as JSON lines'
            printf '%s\t%s\n' correct 'Reverse an entry by a new one'
        case 'decision'
            printf '%s\t%s\n' why 'The last decision of a sleeve and every figure in it'
            printf '%s\t%s\n' list 'List decisions'
            printf '%s\t%s\n' show 'Show a decision and its figures'
            printf '%s\t%s\n' explain 'Tell in sentences why it was decided so'
        case 'order'
            printf '%s\t%s\n' list 'List orders'
            printf '%s\t%s\n' show 'Show an order and its fills'
            printf '%s\t%s\n' explain 'Tell an order from its decision to its end'
        case 'trade'
            printf '%s\t%s\n' list 'List fills'
            printf '%s\t%s\n' show 'Show a fill'
            printf '%s\t%s\n' explain 'Tell how a fill\'s realised amount comes about'
        case 'sweep'
            printf '%s\t%s\n' list 'List profit that went back to the vault'
            printf '%s\t%s\n' show 'Show a sweep'
            printf '%s\t%s\n' explain 'Tell why a sweep moved what it moved'
        case 'report'
            printf '%s\t%s\n' vault 'What moved in and out of a vault and its parts'
            printf '%s\t%s\n' fees 'Fees per sleeve, pair and asset of the fee'
            printf '%s\t%s\n' sweeps 'Profit that went back to the vaults'
            printf '%s\t%s\n' pnl 'Profit and loss per vault and sleeve'
        case 'audit'
            printf '%s\t%s\n' list 'Who did what, or was refused it, newest last'
            printf '%s\t%s\n' verify 'Check that nobody has changed the audit trail'
            printf '%s\t%s\n' head 'Signed ends of trail and journals, to be kept elsewhere'
        case 'alert'
            printf '%s\t%s\n' list 'What somebody should look at, and who was told'
            printf '%s\t%s\n' ack 'Say that an alert was seen; it is told no more'
            printf '%s\t%s\n' test 'Send a test to one target or all; tell how it ended'
        case 'script'
            printf '%s\t%s\n' check 'Run your own strategy against ticks, without a daemon'
        case 'chart'
            printf '%s\t%s\n' balance 'Draw the balances of a vault\'s sleeves'
            printf '%s\t%s\n' pnl 'Draw realised and unrealised profit and loss'
            printf '%s\t%s\n' sweeps 'Draw the profit that the sleeves have swept'
            printf '%s\t%s\n' fees 'Draw the fees that the sleeves have paid'
            printf '%s\t%s\n' tradeable 'Draw a vault\'s Total and Tradeable'
            printf '%s\t%s\n' price 'Draw the price of a vault\'s pair, and its trades'
        case '*'
            return 1
    end
end

# The flags of a command.
function __vaultctl_flags
    switch "$argv[1]"
        case 'top'
            printf '%s\t%s\n' --user 'only the vaults of this user'
            printf '%s\t%s\n' --account 'only the vaults on this account'
            printf '%s\t%s\n' --vault 'only this vault, and with it its last decisions'
            printf '%s\t%s\n' --match 'only vaults with this text in id, user, account, asset, mode or state'
            printf '%s\t%s\n' --sort 'order of the vaults (default id): texts rise, amounts fall'
            printf '%s\t%s\n' --reverse 'turn the order round'
            printf '%s\t%s\n' --limit 'rows of each list (default 200)'
            printf '%s\t%s\n' --once 'print one picture as plain text and end'
            printf '%s\t%s\n' --interval 'how often the daemon sends a new picture (default 1s, at least 250ms)'
            printf '%s\t%s\n' --view 'what is shown first (default vaults)'
        case 'halt'
            printf '%s\t%s\n' --why 'the reason, kept with the event'
        case 'resume'
            printf '%s\t%s\n' --why 'the reason, kept with the event'
            printf '%s\t%s\n' --user 'of all vaults of this user; without: all that you may hold at once'
        case 'config show'
            printf '%s\t%s\n' --origin 'also tell where each value comes from'
        case 'account add'
            printf '%s\t%s\n' --exchange 'where the account is'
            printf '%s\t%s\n' --label 'a name for people'
        case 'account unattributed'
            printf '%s\t%s\n' --all 'what is ignored as well'
        case 'account attribute'
            printf '%s\t%s\n' --to 'a vault of the account, or ignore'
            printf '%s\t%s\n' --amount 'so much of it (default: all)'
        case 'account skip-history'
            printf '%s\t%s\n' --why 'the reason, kept with the event'
        case 'account trade'
            printf '%s\t%s\n' --price 'quote per base; the market\'s if absent'
        case 'login'
            printf '%s\t%s\n' --password-file 'a file, or - for standard input, with the user\'s password (default: it is asked for)'
            printf '%s\t%s\n' --code-file 'a file, or - for standard input, with six digits of the authenticator app, or a recovery code'
        case 'passwd'
            printf '%s\t%s\n' --password-file 'a file, or - for standard input, with the password in force (default: it is asked for)'
            printf '%s\t%s\n' --new-password-file 'a file, or - for standard input, with the password to be used from now on (default: it is asked for)'
        case 'register'
            printf '%s\t%s\n' --password-file 'a file, or - for standard input, with the password to sign in with once an admin has approved (default: it is asked for)'
        case 'session revoke'
            printf '%s\t%s\n' --all 'every session but this one'
        case 'mfa enroll'
            printf '%s\t%s\n' --password-file 'a file, or - for standard input, with the password in force (default: it is asked for)'
        case 'mfa confirm'
            printf '%s\t%s\n' --code-file 'a file, or - for standard input, with six digits of the authenticator app, or a recovery code (default: it is asked for)'
        case 'mfa verify'
            printf '%s\t%s\n' --code-file 'a file, or - for standard input, with six digits of the authenticator app, or a recovery code (default: it is asked for)'
        case 'token create'
            printf '%s\t%s\n' --methods 'a method that it may call, such as vault.show, or report.* for all of a noun'
            printf '%s\t%s\n' --expires 'how long it is valid, such as 30d (default 90d)'
            printf '%s\t%s\n' --rate 'calls a minute (default 10)'
            printf '%s\t%s\n' --out 'write the token and nothing else to this file, of mode 0600, and do not show it'
        case 'user create'
            printf '%s\t%s\n' --role 'what the user may do'
            printf '%s\t%s\n' --password-file 'a file, or - for standard input, with the first password, which the user has to change'
        case 'user wallets'
            printf '%s\t%s\n' --add 'select the wallets of this asset'
            printf '%s\t%s\n' --remove 'deselect the wallets of this asset'
        case 'user set-password'
            printf '%s\t%s\n' --password-file 'a file, or - for standard input, with the new password, which the user has to change (default: it is asked for)'
        case 'user permit'
            printf '%s\t%s\n' --add 'give this permission'
            printf '%s\t%s\n' --remove 'take this permission'
        case 'key add'
            printf '%s\t%s\n' --account 'the account that it belongs to'
            printf '%s\t%s\n' --api-key-file 'a file, or - for standard input, with the key as the exchange gave it (default: it is asked for)'
            printf '%s\t%s\n' --secret-file 'a file, or - for standard input, with the secret that belongs to it (default: it is asked for)'
            printf '%s\t%s\n' --label 'a name for people'
            printf '%s\t%s\n' --allow-withdrawal-permission 'take a key that can withdraw; kept with your name'
        case 'key list'
            printf '%s\t%s\n' --account 'only this account\'s'
        case 'key rotate'
            printf '%s\t%s\n' --api-key-file 'a file, or - for standard input, with the key as the exchange gave it (default: it is asked for)'
            printf '%s\t%s\n' --secret-file 'a file, or - for standard input, with the secret that belongs to it (default: it is asked for)'
            printf '%s\t%s\n' --label 'a name for people'
            printf '%s\t%s\n' --allow-withdrawal-permission 'take a key that can withdraw; kept with your name'
        case 'secrets rotate'
            printf '%s\t%s\n' --user 'of data-keys: this user\'s alone'
            printf '%s\t%s\n' --passphrase-file 'a file, or - for standard input, with what locks the file of the new master key; each start asks for it'
        case 'secrets escrow'
            printf '%s\t%s\n' --passphrase-file 'a file, or - for standard input, with a passphrase of at least 15 characters (default: it is asked for)'
            printf '%s\t%s\n' --out 'write the copy to this file, of mode 0600, and do not show it'
        case 'secrets drill'
            printf '%s\t%s\n' --copy 'the file that secrets escrow wrote; - is standard input'
            printf '%s\t%s\n' --passphrase-file 'a file, or - for standard input, with a passphrase of at least 15 characters (default: it is asked for)'
        case 'vault create'
            printf '%s\t%s\n' --account 'whose wallet'
            printf '%s\t%s\n' --asset 'which wallet'
            printf '%s\t%s\n' --balance 'opening balance of a paper wallet'
        case 'vault list'
            printf '%s\t%s\n' --user 'only this user\'s'
            printf '%s\t%s\n' --account 'only this account\'s'
        case 'vault history'
            printf '%s\t%s\n' --from 'first day'
            printf '%s\t%s\n' --to 'last day'
        case 'vault allocate'
            printf '%s\t%s\n' --quiet 'amount for the quiet sleeve'
            printf '%s\t%s\n' --flash 'amount for the flash sleeve'
        case 'vault unallocate'
            printf '%s\t%s\n' --quiet 'amount for the quiet sleeve'
            printf '%s\t%s\n' --flash 'amount for the flash sleeve'
        case 'vault auto-raise'
            printf '%s\t%s\n' --cap 'Tradeable never rises above this by itself'
        case 'vault pairs'
            printf '%s\t%s\n' --add 'trade this pair'
            printf '%s\t%s\n' --remove 'stop trading this pair'
            printf '%s\t%s\n' --available 'list what the exchange offers instead'
        case 'vault pause'
            printf '%s\t%s\n' --why 'the reason, kept with the event'
        case 'vault resume'
            printf '%s\t%s\n' --why 'the reason, kept with the event'
        case 'vault liquidate'
            printf '%s\t%s\n' --why 'the reason, kept with the event'
        case 'sleeve list'
            printf '%s\t%s\n' --vault 'only this vault\'s'
            printf '%s\t%s\n' --user 'only this user\'s'
        case 'sleeve set'
            printf '%s\t%s\n' --apply-to-open 'open positions take the new exits too'
            printf '%s\t%s\n' --why 'the reason, kept with the event'
        case 'sleeve history'
            printf '%s\t%s\n' --since 'not before this instant'
            printf '%s\t%s\n' --until 'before this instant'
            printf '%s\t%s\n' --limit 'at most so many, the latest'
        case 'sleeve pause'
            printf '%s\t%s\n' --why 'the reason, kept with the event'
        case 'sleeve resume'
            printf '%s\t%s\n' --why 'the reason, kept with the event'
        case 'sleeve strategy'
            printf '%s\t%s\n' --command 'script: the program and its words'
            printf '%s\t%s\n' --folder 'script: where it lies, below your folder of scripts'
            printf '%s\t%s\n' --deadline 'script: of each decision, 10ms to 10s (default 1s)'
            printf '%s\t%s\n' --memory-mib 'script: MiB of each of its processes (default 512)'
            printf '%s\t%s\n' --why 'the reason, kept with the event'
        case 'position list'
            printf '%s\t%s\n' --vault 'only this vault\'s'
            printf '%s\t%s\n' --sleeve 'only this sleeve\'s'
            printf '%s\t%s\n' --pair 'only this pair\'s'
        case 'position resolve'
            printf '%s\t%s\n' --as 'what happened to the coins'
            printf '%s\t%s\n' --price 'for sold: quote per base'
            printf '%s\t%s\n' --pair 'which position, if the sleeve has several'
        case 'position write-down'
            printf '%s\t%s\n' --pair 'which position, if the sleeve has several'
        case 'position adopt'
            printf '%s\t%s\n' --qty 'how many coins, in units of the base'
            printf '%s\t%s\n' --cost 'what all of them cost, in the vault\'s asset'
            printf '%s\t%s\n' --pair 'which pair, if the vault trades several'
        case 'preset list'
            printf '%s\t%s\n' --user 'only this user\'s, beside the built-in ones'
        case 'preset show'
            printf '%s\t%s\n' --user 'whose, if not your own'
        case 'preset diff'
            printf '%s\t%s\n' --vault 'a vault, whose sleeve is taken'
            printf '%s\t%s\n' --sleeve 'which sleeve of it'
            printf '%s\t%s\n' --user 'whose, if not your own'
        case 'preset create'
            printf '%s\t%s\n' --from 'the preset that it begins as'
            printf '%s\t%s\n' --vault 'a vault, whose sleeve is taken'
            printf '%s\t%s\n' --sleeve 'which sleeve of it'
            printf '%s\t%s\n' --note 'what it is for, kept with it'
        case 'preset apply'
            printf '%s\t%s\n' --apply-to-open 'open positions take the new exits too'
            printf '%s\t%s\n' --why 'the reason, kept with the event'
        case 'risk test'
            printf '%s\t%s\n' --user 'the caps of all vaults of this user'
            printf '%s\t%s\n' --since 'as if the caps had been set then'
            printf '%s\t%s\n' --set 'a cap otherwise than it is, once for each; off leaves it out'
        case 'risk set'
            printf '%s\t%s\n' --vault 'the caps of this vault'
            printf '%s\t%s\n' --sleeve 'of this sleeve of it instead'
            printf '%s\t%s\n' --user 'the caps of all vaults of this user; without: your own'
        case 'market import'
            printf '%s\t%s\n' --pair 'what the candles are of'
            printf '%s\t%s\n' --interval 'length of a candle, such as 1m'
        case 'market pairs'
            printf '%s\t%s\n' --account 'only what this account can trade'
            printf '%s\t%s\n' --exchange 'only what it lists: paper, kraken'
            printf '%s\t%s\n' --quote 'only pairs in this quote'
        case 'market candles'
            printf '%s\t%s\n' --account 'as this account saw the market'
            printf '%s\t%s\n' --interval 'length of a candle, 1m to 30d in whole minutes (default 1h)'
            printf '%s\t%s\n' --from 'no candle that opens before this instant'
            printf '%s\t%s\n' --to 'only candles that open before this instant'
            printf '%s\t%s\n' --limit 'at most so many, the newest (default 100)'
        case 'replay start'
            printf '%s\t%s\n' --account 'the paper account that sees this market'
            printf '%s\t%s\n' --pair 'what the candles are of'
            printf '%s\t%s\n' --interval 'length of a candle'
            printf '%s\t%s\n' --path 'prices inside a candle'
            printf '%s\t%s\n' --seed 'of the synthetic market and the simulated venue'
            printf '%s\t%s\n' --speed 'virtual seconds per second, or max'
            printf '%s\t%s\n' --from 'skip candles before this instant'
            printf '%s\t%s\n' --to 'stop at this instant'
            printf '%s\t%s\n' --days 'length of a synthetic market'
        case 'replay run'
            printf '%s\t%s\n' --account 'the account that replays'
            printf '%s\t%s\n' --until 'virtual instant to run to; the end of the data if absent'
        case 'replay status'
            printf '%s\t%s\n' --account 'the account that replays; all if absent'
        case 'replay stop'
            printf '%s\t%s\n' --account 'the account that replays'
        case 'ledger list'
            printf '%s\t%s\n' --since 'not before this instant'
            printf '%s\t%s\n' --until 'before this instant'
            printf '%s\t%s\n' --limit 'at most so many, the latest'
        case 'ledger verify'
            printf '%s\t%s\n' --all 'check every vault'
        case 'ledger export'
            printf '%s\t%s\n' --from-seq 'first entry to write'
            printf '%s\t%s\n' --out 'write this file instead of stdout, whole or not at all'
        case 'ledger correct'
            printf '%s\t%s\n' --reverses 'seq of the entry to reverse'
            printf '%s\t%s\n' --reason 'kept in the new entry'
        case 'decision list'
            printf '%s\t%s\n' --vault 'only this vault\'s'
            printf '%s\t%s\n' --sleeve 'only this sleeve\'s'
            printf '%s\t%s\n' --pair 'only this pair\'s'
            printf '%s\t%s\n' --since 'not before this instant'
            printf '%s\t%s\n' --until 'before this instant'
            printf '%s\t%s\n' --limit 'at most so many, the latest'
        case 'order list'
            printf '%s\t%s\n' --vault 'only this vault\'s'
            printf '%s\t%s\n' --sleeve 'only this sleeve\'s'
            printf '%s\t%s\n' --pair 'only this pair\'s'
            printf '%s\t%s\n' --since 'not before this instant'
            printf '%s\t%s\n' --until 'before this instant'
            printf '%s\t%s\n' --limit 'at most so many, the latest'
        case 'trade list'
            printf '%s\t%s\n' --vault 'only this vault\'s'
            printf '%s\t%s\n' --sleeve 'only this sleeve\'s'
            printf '%s\t%s\n' --pair 'only this pair\'s'
            printf '%s\t%s\n' --since 'not before this instant'
            printf '%s\t%s\n' --until 'before this instant'
            printf '%s\t%s\n' --limit 'at most so many, the latest'
        case 'sweep list'
            printf '%s\t%s\n' --vault 'only this vault\'s'
            printf '%s\t%s\n' --sleeve 'only this sleeve\'s'
            printf '%s\t%s\n' --pair 'only this pair\'s'
            printf '%s\t%s\n' --since 'not before this instant'
            printf '%s\t%s\n' --until 'before this instant'
            printf '%s\t%s\n' --limit 'at most so many, the latest'
        case 'report vault'
            printf '%s\t%s\n' --user 'only this user\'s vaults'
            printf '%s\t%s\n' --all 'every vault'
            printf '%s\t%s\n' --from 'first instant'
            printf '%s\t%s\n' --to 'instant after the last'
            printf '%s\t%s\n' --out 'write this file instead of stdout, whole or not at all; .html, .csv, .json, .jsonl and .txt say the format where -o does not'
        case 'report fees'
            printf '%s\t%s\n' --user 'only this user\'s vaults'
            printf '%s\t%s\n' --all 'every vault'
            printf '%s\t%s\n' --from 'first instant'
            printf '%s\t%s\n' --to 'instant after the last'
            printf '%s\t%s\n' --out 'write this file instead of stdout, whole or not at all; .html, .csv, .json, .jsonl and .txt say the format where -o does not'
        case 'report sweeps'
            printf '%s\t%s\n' --user 'only this user\'s vaults'
            printf '%s\t%s\n' --all 'every vault'
            printf '%s\t%s\n' --from 'first instant'
            printf '%s\t%s\n' --to 'instant after the last'
            printf '%s\t%s\n' --out 'write this file instead of stdout, whole or not at all; .html, .csv, .json, .jsonl and .txt say the format where -o does not'
        case 'report pnl'
            printf '%s\t%s\n' --user 'only this user\'s vaults'
            printf '%s\t%s\n' --all 'every vault'
            printf '%s\t%s\n' --from 'first instant'
            printf '%s\t%s\n' --to 'instant after the last'
            printf '%s\t%s\n' --out 'write this file instead of stdout, whole or not at all; .html, .csv, .json, .jsonl and .txt say the format where -o does not'
        case 'audit list'
            printf '%s\t%s\n' --user 'only what was done to what belongs to this user'
            printf '%s\t%s\n' --actor 'only what was done by this caller'
            printf '%s\t%s\n' --object 'only what was done to this, such as v1, and what is in it'
            printf '%s\t%s\n' --action 'only this method, such as vault.allocate; \'vault.*\' is all of vault'
            printf '%s\t%s\n' --outcome 'only what took effect, or was refused'
            printf '%s\t%s\n' --since 'not before this instant'
            printf '%s\t%s\n' --until 'before this instant'
            printf '%s\t%s\n' --limit 'at most so many, the latest (default 100)'
        case 'audit verify'
            printf '%s\t%s\n' --head 'a file with what audit head printed, in any format; - is standard input'
        case 'events'
            printf '%s\t%s\n' --account 'only what belongs to this account'
            printf '%s\t%s\n' --vault 'only this vault and what is in it'
            printf '%s\t%s\n' --sleeve 'only this sleeve; needs a vault'
            printf '%s\t%s\n' --user 'only what belongs to this user'
            printf '%s\t%s\n' --severity 'of this severity or graver'
            printf '%s\t%s\n' --since 'not before this instant of the account\'s clock'
            printf '%s\t%s\n' --until 'before this instant of the account\'s clock'
            printf '%s\t%s\n' --limit 'at most so many, the latest (default 100)'
            printf '%s\t%s\n' --follow 'go on with what happens from now on'
            printf '%s\t%s\n' --from-seq 'with --follow: begin with this event, 1 for the first'
        case 'alert list'
            printf '%s\t%s\n' --all 'those that somebody has seen as well'
        case 'alert ack'
            printf '%s\t%s\n' --all 'every alert that nobody has seen yet'
        case 'wait'
            printf '%s\t%s\n' --for 'the state, or several separated by commas'
        case 'batch'
            printf '%s\t%s\n' --file 'a command a line, without the word vaultctl; - for standard input'
            printf '%s\t%s\n' --keep-going 'go on after a line that failed'
        case 'script check'
            printf '%s\t%s\n' --command 'or a program and its words, in quotes'
            printf '%s\t%s\n' --folder 'the folder that it sees and runs in (default: the file\'s, else the current one)'
            printf '%s\t%s\n' --candles 'take the ticks from this CSV file, .gz too (default: a synthetic market)'
            printf '%s\t%s\n' --interval 'of the candles (default 1m)'
            printf '%s\t%s\n' --pair 'what is traded (default ETH/USDT)'
            printf '%s\t%s\n' --ticks 'at most so many (default: all, or a day of the synthetic market)'
            printf '%s\t%s\n' --sleeves 'so many sleeves on one process, 1 to 4096 (default 1)'
            printf '%s\t%s\n' --cash 'what each sleeve begins with (default 1000)'
            printf '%s\t%s\n' --preset 'the parameters that it is shown (default flash)'
            printf '%s\t%s\n' --set 'a parameter besides, as KEY=VALUE'
            printf '%s\t%s\n' --deadline 'how long a decision may take (default 1s)'
            printf '%s\t%s\n' --compare 'count the decisions that differ from the built-in rules'
            printf '%s\t%s\n' --weak 'run it also where the system refuses a part of its isolation'
        case 'chart balance'
            printf '%s\t%s\n' --sleeve 'only this sleeve'
            printf '%s\t%s\n' --from 'first day'
            printf '%s\t%s\n' --to 'last day'
            printf '%s\t%s\n' --since 'only so long before the last day, such as 30d'
            printf '%s\t%s\n' --width 'columns of the drawing, 30 to 400; on a terminal no more than it has (default: all of them, else 80)'
            printf '%s\t%s\n' --height 'lines of the drawing, 13 to 400 (default: one less than the terminal has, else 23)'
            printf '%s\t%s\n' --style 'how it is drawn (default braille, and ascii where the locale is not UTF-8)'
            printf '%s\t%s\n' --ascii 'the same as --style ascii'
            printf '%s\t%s\n' --out 'write this file instead of stdout, whole or not at all: .svg or .html a picture, .csv, .json or .jsonl the series; other names need -o'
        case 'chart pnl'
            printf '%s\t%s\n' --sleeve 'only this sleeve'
            printf '%s\t%s\n' --from 'first day'
            printf '%s\t%s\n' --to 'last day'
            printf '%s\t%s\n' --since 'only so long before the last day, such as 30d'
            printf '%s\t%s\n' --width 'columns of the drawing, 30 to 400; on a terminal no more than it has (default: all of them, else 80)'
            printf '%s\t%s\n' --height 'lines of the drawing, 13 to 400 (default: one less than the terminal has, else 23)'
            printf '%s\t%s\n' --style 'how it is drawn (default braille, and ascii where the locale is not UTF-8)'
            printf '%s\t%s\n' --ascii 'the same as --style ascii'
            printf '%s\t%s\n' --out 'write this file instead of stdout, whole or not at all: .svg or .html a picture, .csv, .json or .jsonl the series; other names need -o'
        case 'chart sweeps'
            printf '%s\t%s\n' --sleeve 'only this sleeve'
            printf '%s\t%s\n' --from 'first day'
            printf '%s\t%s\n' --to 'last day'
            printf '%s\t%s\n' --since 'only so long before the last day, such as 30d'
            printf '%s\t%s\n' --width 'columns of the drawing, 30 to 400; on a terminal no more than it has (default: all of them, else 80)'
            printf '%s\t%s\n' --height 'lines of the drawing, 13 to 400 (default: one less than the terminal has, else 23)'
            printf '%s\t%s\n' --style 'how it is drawn (default braille, and ascii where the locale is not UTF-8)'
            printf '%s\t%s\n' --ascii 'the same as --style ascii'
            printf '%s\t%s\n' --out 'write this file instead of stdout, whole or not at all: .svg or .html a picture, .csv, .json or .jsonl the series; other names need -o'
        case 'chart fees'
            printf '%s\t%s\n' --sleeve 'only this sleeve'
            printf '%s\t%s\n' --from 'first day'
            printf '%s\t%s\n' --to 'last day'
            printf '%s\t%s\n' --since 'only so long before the last day, such as 30d'
            printf '%s\t%s\n' --width 'columns of the drawing, 30 to 400; on a terminal no more than it has (default: all of them, else 80)'
            printf '%s\t%s\n' --height 'lines of the drawing, 13 to 400 (default: one less than the terminal has, else 23)'
            printf '%s\t%s\n' --style 'how it is drawn (default braille, and ascii where the locale is not UTF-8)'
            printf '%s\t%s\n' --ascii 'the same as --style ascii'
            printf '%s\t%s\n' --out 'write this file instead of stdout, whole or not at all: .svg or .html a picture, .csv, .json or .jsonl the series; other names need -o'
        case 'chart tradeable'
            printf '%s\t%s\n' --from 'first day'
            printf '%s\t%s\n' --to 'last day'
            printf '%s\t%s\n' --since 'only so long before the last day, such as 30d'
            printf '%s\t%s\n' --width 'columns of the drawing, 30 to 400; on a terminal no more than it has (default: all of them, else 80)'
            printf '%s\t%s\n' --height 'lines of the drawing, 13 to 400 (default: one less than the terminal has, else 23)'
            printf '%s\t%s\n' --style 'how it is drawn (default braille, and ascii where the locale is not UTF-8)'
            printf '%s\t%s\n' --ascii 'the same as --style ascii'
            printf '%s\t%s\n' --out 'write this file instead of stdout, whole or not at all: .svg or .html a picture, .csv, .json or .jsonl the series; other names need -o'
        case 'chart price'
            printf '%s\t%s\n' --pair 'whose price; needed only if the vault trades several pairs'
            printf '%s\t%s\n' --interval 'length of a candle, 1m to 30d (default: what makes at most 1500 of the time shown)'
            printf '%s\t%s\n' --from 'no candle that opens before this instant'
            printf '%s\t%s\n' --to 'only candles that open before this instant'
            printf '%s\t%s\n' --since 'only so long before the newest price, such as 12h'
            printf '%s\t%s\n' --width 'columns of the drawing, 30 to 400; on a terminal no more than it has (default: all of them, else 80)'
            printf '%s\t%s\n' --height 'lines of the drawing, 13 to 400 (default: one less than the terminal has, else 23)'
            printf '%s\t%s\n' --style 'how it is drawn (default braille, and ascii where the locale is not UTF-8)'
            printf '%s\t%s\n' --ascii 'the same as --style ascii'
            printf '%s\t%s\n' --out 'write this file instead of stdout, whole or not at all: .svg or .html a picture, .csv, .json or .jsonl the series; other names need -o'
    end
    printf '%s\t%s\n' --output 'table (default), wide, json, jsonl, csv or plain; html for reports and charts'
    printf '%s\t%s\n' --json 'the same as -o json'
    printf '%s\t%s\n' --quiet 'print only the primary value'
    printf '%s\t%s\n' --yes 'do not ask for confirmation'
    printf '%s\t%s\n' --dry-run 'check everything and change nothing'
    printf '%s\t%s\n' --wait 'follow a long job until it ends'
    printf '%s\t%s\n' --timeout 'for each call, such as 30s (default); 0 for none'
    printf '%s\t%s\n' --socket 'control socket; else VAULTCTL_SOCKET or the default'
    printf '%s\t%s\n' --token-file 'call with the token of a robot; else VAULTCTL_TOKEN_FILE, else the session'
    printf '%s\t%s\n' --idem-key 'idempotency key of a mutation; else a new one'
    printf '%s\t%s\n' --color 'auto (default; heeds NO_COLOR), always or never'
    printf '%s\t%s\n' --no-pager 'accepted; output is never paged'
    printf '%s\t%s\n' --help 'explain the command'
end

# What the daemon calls its vaults, accounts or users; it has 150 ms to answer.
function __vaultctl_ask
    $argv[1] __complete $argv[2..-1] 2>/dev/null
end

function __vaultctl_complete
    set -l words (commandline -opc)
    set -l cur (commandline -ct)
    set -l program $words[1]
    set -l noun ''
    set -l command ''
    set -l flag ''
    set -l prefix ''
    set -l socket
    set -l count 0
    for word in $words[2..-1]
        if test "$word" = "$program" -a (count $words) -eq 1
            break
        else if test -n "$flag"
            test "$flag" = --socket; and set socket --socket $word
            set flag ''
        else if string match -q -- '--socket=*' $word
            set socket --socket (string replace -- --socket= '' $word)
        else if string match -qr -- '^-[^0-9.]' $word
            test "$word" = -o; and set word --output
            __vaultctl_kind "$command $word" >/dev/null; and set flag $word
        else if test -n "$command"
            set count (math $count + 1)
        else if test -n "$noun"
            set command "$noun $word"
        else if __vaultctl_choices $word >/dev/null
            set noun $word
        else if __vaultctl_choices (string replace -r 's$' '' -- $word) >/dev/null
            set noun (string replace -r 's$' '' -- $word)
        else if test "$word" != help
            set command $word
        end
    end
    if test -z "$flag"; and string match -q -- '--*=*' $cur
        set flag (string split -m 1 -- = $cur)[1]
        set prefix "$flag="
        set cur (string split -m 1 -- = $cur)[2]
    end
    set -l kind
    if test -n "$flag"
        set kind (__vaultctl_kind "$command $flag")
    else if string match -q -- '-*' $cur
        __vaultctl_flags "$command"
        return
    else if test -n "$command"
        set kind (__vaultctl_kind "$command:"(math $count + 1))
        or set kind (__vaultctl_kind "$command:rest")
    else
        __vaultctl_choices "$noun"
        return
    end
    for item in $kind
        switch $item
            case @files
                __fish_complete_path $cur | string replace -r -- '^' "$prefix"
            case '@*'
                __vaultctl_ask $program (string sub -s 2 -- $item) $socket |
                    string replace -r -- '^' "$prefix"
            case '*'
                printf '%s\n' $prefix$item
        end
    end
end

complete -c vaultctl -f -a '(__vaultctl_complete)'
