
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'cognito-login' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'cognito-login'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'cognito-login' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile to use; `sandbox` is built in')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The file of profiles')
            [CompletionResult]::new('--user-pool-id', '--user-pool-id', [CompletionResultType]::ParameterName, 'The user pool, such as us-east-1_AbCdEf123')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'The app client')
            [CompletionResult]::new('--domain', '--domain', [CompletionResultType]::ParameterName, 'The pool''s domain: prefix, host, URL or custom host; found by discovery if absent')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'The issuer, instead of the pool id')
            [CompletionResult]::new('--redirect-uri', '--redirect-uri', [CompletionResultType]::ParameterName, 'A registered redirect URI, sent as written; the first with a free port is used')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'The address to bind when it differs from the redirect (containers)')
            [CompletionResult]::new('--logout-uri', '--logout-uri', [CompletionResultType]::ParameterName, 'The registered sign-out URL')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scopes to ask for; openid is added if missing')
            [CompletionResult]::new('--identity-pool-id', '--identity-pool-id', [CompletionResultType]::ParameterName, 'The identity pool, for aws-credentials')
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'code for people, client_credentials for machines')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where the session is kept: keyring, file or none')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long a person may take to sign in, such as 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--client-secret-stdin', '--client-secret-stdin', [CompletionResultType]::ParameterName, 'Read the app client''s secret as one line from standard input')
            [CompletionResult]::new('--no-preflight', '--no-preflight', [CompletionResultType]::ParameterName, 'Skip the look at the login pages before the browser opens')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Data and errors as JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors and what must be seen to go on')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors and what must be seen to go on')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell each step on stderr, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell each step on stderr, never a secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Sign in through the pool''s login pages and keep the session')
            [CompletionResult]::new('whoami', 'whoami', [CompletionResultType]::ParameterValue, 'Show who is signed in, as the pool says now')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a valid token, renewing it if needed')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Revoke and delete the session')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what is kept on this machine, without network or keyring')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Run a user pool on this machine, with login pages')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'See a whole sign-in against a pool in this process, without an AWS account')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cognito-login;login' {
            [CompletionResult]::new('--browser', '--browser', [CompletionResultType]::ParameterName, 'The command that opens the address, which is appended or stands at %s')
            [CompletionResult]::new('--idp', '--idp', [CompletionResultType]::ParameterName, 'Go straight to this identity provider')
            [CompletionResult]::new('--idp-identifier', '--idp-identifier', [CompletionResultType]::ParameterName, 'The same by its identifier, such as a mail domain')
            [CompletionResult]::new('--login-hint', '--login-hint', [CompletionResultType]::ParameterName, 'The user name to fill in')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'The language of the login pages, such as de or pt-BR')
            [CompletionResult]::new('--prompt', '--prompt', [CompletionResultType]::ParameterName, 'login asks for the password again; managed login only')
            [CompletionResult]::new('--resource', '--resource', [CompletionResultType]::ParameterName, 'The API the access token is for (its `aud`)')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile to use; `sandbox` is built in')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The file of profiles')
            [CompletionResult]::new('--user-pool-id', '--user-pool-id', [CompletionResultType]::ParameterName, 'The user pool, such as us-east-1_AbCdEf123')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'The app client')
            [CompletionResult]::new('--domain', '--domain', [CompletionResultType]::ParameterName, 'The pool''s domain: prefix, host, URL or custom host; found by discovery if absent')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'The issuer, instead of the pool id')
            [CompletionResult]::new('--redirect-uri', '--redirect-uri', [CompletionResultType]::ParameterName, 'A registered redirect URI, sent as written; the first with a free port is used')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'The address to bind when it differs from the redirect (containers)')
            [CompletionResult]::new('--logout-uri', '--logout-uri', [CompletionResultType]::ParameterName, 'The registered sign-out URL')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scopes to ask for; openid is added if missing')
            [CompletionResult]::new('--identity-pool-id', '--identity-pool-id', [CompletionResultType]::ParameterName, 'The identity pool, for aws-credentials')
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'code for people, client_credentials for machines')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where the session is kept: keyring, file or none')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long a person may take to sign in, such as 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Open nothing: follow the printed address anywhere, then paste where it led')
            [CompletionResult]::new('--switch-user', '--switch-user', [CompletionResultType]::ParameterName, 'Sign out of the login pages first, so that someone else can sign in')
            [CompletionResult]::new('--signup', '--signup', [CompletionResultType]::ParameterName, 'Start at the sign-up page')
            [CompletionResult]::new('--client-secret-stdin', '--client-secret-stdin', [CompletionResultType]::ParameterName, 'Read the app client''s secret as one line from standard input')
            [CompletionResult]::new('--no-preflight', '--no-preflight', [CompletionResultType]::ParameterName, 'Skip the look at the login pages before the browser opens')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Data and errors as JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors and what must be seen to go on')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors and what must be seen to go on')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell each step on stderr, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell each step on stderr, never a secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'cognito-login;whoami' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile to use; `sandbox` is built in')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The file of profiles')
            [CompletionResult]::new('--user-pool-id', '--user-pool-id', [CompletionResultType]::ParameterName, 'The user pool, such as us-east-1_AbCdEf123')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'The app client')
            [CompletionResult]::new('--domain', '--domain', [CompletionResultType]::ParameterName, 'The pool''s domain: prefix, host, URL or custom host; found by discovery if absent')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'The issuer, instead of the pool id')
            [CompletionResult]::new('--redirect-uri', '--redirect-uri', [CompletionResultType]::ParameterName, 'A registered redirect URI, sent as written; the first with a free port is used')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'The address to bind when it differs from the redirect (containers)')
            [CompletionResult]::new('--logout-uri', '--logout-uri', [CompletionResultType]::ParameterName, 'The registered sign-out URL')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scopes to ask for; openid is added if missing')
            [CompletionResult]::new('--identity-pool-id', '--identity-pool-id', [CompletionResultType]::ParameterName, 'The identity pool, for aws-credentials')
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'code for people, client_credentials for machines')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where the session is kept: keyring, file or none')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long a person may take to sign in, such as 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'From what is kept here, without the network')
            [CompletionResult]::new('--claims', '--claims', [CompletionResultType]::ParameterName, 'The decoded claims of the ID and access tokens')
            [CompletionResult]::new('--client-secret-stdin', '--client-secret-stdin', [CompletionResultType]::ParameterName, 'Read the app client''s secret as one line from standard input')
            [CompletionResult]::new('--no-preflight', '--no-preflight', [CompletionResultType]::ParameterName, 'Skip the look at the login pages before the browser opens')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Data and errors as JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors and what must be seen to go on')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors and what must be seen to go on')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell each step on stderr, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell each step on stderr, never a secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'cognito-login;token' {
            [CompletionResult]::new('--browser', '--browser', [CompletionResultType]::ParameterName, 'The command that opens the address, which is appended or stands at %s')
            [CompletionResult]::new('--min-ttl', '--min-ttl', [CompletionResultType]::ParameterName, 'How long the token must still be good')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile to use; `sandbox` is built in')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The file of profiles')
            [CompletionResult]::new('--user-pool-id', '--user-pool-id', [CompletionResultType]::ParameterName, 'The user pool, such as us-east-1_AbCdEf123')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'The app client')
            [CompletionResult]::new('--domain', '--domain', [CompletionResultType]::ParameterName, 'The pool''s domain: prefix, host, URL or custom host; found by discovery if absent')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'The issuer, instead of the pool id')
            [CompletionResult]::new('--redirect-uri', '--redirect-uri', [CompletionResultType]::ParameterName, 'A registered redirect URI, sent as written; the first with a free port is used')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'The address to bind when it differs from the redirect (containers)')
            [CompletionResult]::new('--logout-uri', '--logout-uri', [CompletionResultType]::ParameterName, 'The registered sign-out URL')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scopes to ask for; openid is added if missing')
            [CompletionResult]::new('--identity-pool-id', '--identity-pool-id', [CompletionResultType]::ParameterName, 'The identity pool, for aws-credentials')
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'code for people, client_credentials for machines')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where the session is kept: keyring, file or none')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long a person may take to sign in, such as 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Open nothing: follow the printed address anywhere, then paste where it led')
            [CompletionResult]::new('--access', '--access', [CompletionResultType]::ParameterName, 'The access token (the default)')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'The ID token')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'As an HTTP header: Authorization: Bearer …')
            [CompletionResult]::new('--force-refresh', '--force-refresh', [CompletionResultType]::ParameterName, 'Renew it even if it is still good')
            [CompletionResult]::new('--client-secret-stdin', '--client-secret-stdin', [CompletionResultType]::ParameterName, 'Read the app client''s secret as one line from standard input')
            [CompletionResult]::new('--no-preflight', '--no-preflight', [CompletionResultType]::ParameterName, 'Skip the look at the login pages before the browser opens')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Data and errors as JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors and what must be seen to go on')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors and what must be seen to go on')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell each step on stderr, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell each step on stderr, never a secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'cognito-login;logout' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile to use; `sandbox` is built in')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The file of profiles')
            [CompletionResult]::new('--user-pool-id', '--user-pool-id', [CompletionResultType]::ParameterName, 'The user pool, such as us-east-1_AbCdEf123')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'The app client')
            [CompletionResult]::new('--domain', '--domain', [CompletionResultType]::ParameterName, 'The pool''s domain: prefix, host, URL or custom host; found by discovery if absent')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'The issuer, instead of the pool id')
            [CompletionResult]::new('--redirect-uri', '--redirect-uri', [CompletionResultType]::ParameterName, 'A registered redirect URI, sent as written; the first with a free port is used')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'The address to bind when it differs from the redirect (containers)')
            [CompletionResult]::new('--logout-uri', '--logout-uri', [CompletionResultType]::ParameterName, 'The registered sign-out URL')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scopes to ask for; openid is added if missing')
            [CompletionResult]::new('--identity-pool-id', '--identity-pool-id', [CompletionResultType]::ParameterName, 'The identity pool, for aws-credentials')
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'code for people, client_credentials for machines')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where the session is kept: keyring, file or none')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long a person may take to sign in, such as 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--client-secret-stdin', '--client-secret-stdin', [CompletionResultType]::ParameterName, 'Read the app client''s secret as one line from standard input')
            [CompletionResult]::new('--no-preflight', '--no-preflight', [CompletionResultType]::ParameterName, 'Skip the look at the login pages before the browser opens')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Data and errors as JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors and what must be seen to go on')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors and what must be seen to go on')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell each step on stderr, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell each step on stderr, never a secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'cognito-login;status' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile to use; `sandbox` is built in')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The file of profiles')
            [CompletionResult]::new('--user-pool-id', '--user-pool-id', [CompletionResultType]::ParameterName, 'The user pool, such as us-east-1_AbCdEf123')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'The app client')
            [CompletionResult]::new('--domain', '--domain', [CompletionResultType]::ParameterName, 'The pool''s domain: prefix, host, URL or custom host; found by discovery if absent')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'The issuer, instead of the pool id')
            [CompletionResult]::new('--redirect-uri', '--redirect-uri', [CompletionResultType]::ParameterName, 'A registered redirect URI, sent as written; the first with a free port is used')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'The address to bind when it differs from the redirect (containers)')
            [CompletionResult]::new('--logout-uri', '--logout-uri', [CompletionResultType]::ParameterName, 'The registered sign-out URL')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scopes to ask for; openid is added if missing')
            [CompletionResult]::new('--identity-pool-id', '--identity-pool-id', [CompletionResultType]::ParameterName, 'The identity pool, for aws-credentials')
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'code for people, client_credentials for machines')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where the session is kept: keyring, file or none')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long a person may take to sign in, such as 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--client-secret-stdin', '--client-secret-stdin', [CompletionResultType]::ParameterName, 'Read the app client''s secret as one line from standard input')
            [CompletionResult]::new('--no-preflight', '--no-preflight', [CompletionResultType]::ParameterName, 'Skip the look at the login pages before the browser opens')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Data and errors as JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors and what must be seen to go on')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors and what must be seen to go on')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell each step on stderr, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell each step on stderr, never a secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'cognito-login;sandbox' {
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'The port on this machine''s loopback; 0 takes a free one')
            [CompletionResult]::new('--pool-file', '--pool-file', [CompletionResultType]::ParameterName, 'A file with clients, users, groups and rules, for a team; flags are stronger')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'A user instead of the default one')
            [CompletionResult]::new('--mfa', '--mfa', [CompletionResultType]::ParameterName, 'Ask for a code of an authenticator app: off, optional or required [default: off]')
            [CompletionResult]::new('--require-attribute', '--require-attribute', [CompletionResultType]::ParameterName, 'An attribute a sign-up has to give, such as name or phone_number')
            [CompletionResult]::new('--idp', '--idp', [CompletionResultType]::ParameterName, 'An OpenID provider at http:// on this machine; its secret comes from COGNITO_IDP_SECRET_NAME')
            [CompletionResult]::new('--logo', '--logo', [CompletionResultType]::ParameterName, 'A picture above the login pages, taken without restart')
            [CompletionResult]::new('--css', '--css', [CompletionResultType]::ParameterName, 'A style sheet for the login pages, taken without restart; knows Cognito''s class names')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Make codes, secrets and tokens the same in each sandbox with this seed')
            [CompletionResult]::new('--rotation-grace', '--rotation-grace', [CompletionResultType]::ParameterName, 'How many seconds a rotated refresh token still works [default: 0]')
            [CompletionResult]::new('--access-token-lifetime', '--access-token-lifetime', [CompletionResultType]::ParameterName, 'How long access tokens live [default: 1h]')
            [CompletionResult]::new('--id-token-lifetime', '--id-token-lifetime', [CompletionResultType]::ParameterName, 'How long ID tokens live [default: 1h]')
            [CompletionResult]::new('--refresh-token-lifetime', '--refresh-token-lifetime', [CompletionResultType]::ParameterName, 'How long a session can be renewed [default: 30d]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile to use; `sandbox` is built in')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The file of profiles')
            [CompletionResult]::new('--user-pool-id', '--user-pool-id', [CompletionResultType]::ParameterName, 'The user pool, such as us-east-1_AbCdEf123')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'The app client')
            [CompletionResult]::new('--domain', '--domain', [CompletionResultType]::ParameterName, 'The pool''s domain: prefix, host, URL or custom host; found by discovery if absent')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'The issuer, instead of the pool id')
            [CompletionResult]::new('--redirect-uri', '--redirect-uri', [CompletionResultType]::ParameterName, 'A registered redirect URI, sent as written; the first with a free port is used')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'The address to bind when it differs from the redirect (containers)')
            [CompletionResult]::new('--logout-uri', '--logout-uri', [CompletionResultType]::ParameterName, 'The registered sign-out URL')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scopes to ask for; openid is added if missing')
            [CompletionResult]::new('--identity-pool-id', '--identity-pool-id', [CompletionResultType]::ParameterName, 'The identity pool, for aws-credentials')
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'code for people, client_credentials for machines')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where the session is kept: keyring, file or none')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long a person may take to sign in, such as 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'Make the app client confidential; its secret is in the ready line')
            [CompletionResult]::new('--rotate-refresh-tokens', '--rotate-refresh-tokens', [CompletionResultType]::ParameterName, 'Give a new refresh token with each refresh')
            [CompletionResult]::new('--client-secret-stdin', '--client-secret-stdin', [CompletionResultType]::ParameterName, 'Read the app client''s secret as one line from standard input')
            [CompletionResult]::new('--no-preflight', '--no-preflight', [CompletionResultType]::ParameterName, 'Skip the look at the login pages before the browser opens')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Data and errors as JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors and what must be seen to go on')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors and what must be seen to go on')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell each step on stderr, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell each step on stderr, never a secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'cognito-login;demo' {
            [CompletionResult]::new('--browser', '--browser', [CompletionResultType]::ParameterName, 'The command that opens the address, which is appended or stands at %s')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile to use; `sandbox` is built in')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The file of profiles')
            [CompletionResult]::new('--user-pool-id', '--user-pool-id', [CompletionResultType]::ParameterName, 'The user pool, such as us-east-1_AbCdEf123')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'The app client')
            [CompletionResult]::new('--domain', '--domain', [CompletionResultType]::ParameterName, 'The pool''s domain: prefix, host, URL or custom host; found by discovery if absent')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'The issuer, instead of the pool id')
            [CompletionResult]::new('--redirect-uri', '--redirect-uri', [CompletionResultType]::ParameterName, 'A registered redirect URI, sent as written; the first with a free port is used')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'The address to bind when it differs from the redirect (containers)')
            [CompletionResult]::new('--logout-uri', '--logout-uri', [CompletionResultType]::ParameterName, 'The registered sign-out URL')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scopes to ask for; openid is added if missing')
            [CompletionResult]::new('--identity-pool-id', '--identity-pool-id', [CompletionResultType]::ParameterName, 'The identity pool, for aws-credentials')
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'code for people, client_credentials for machines')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where the session is kept: keyring, file or none')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long a person may take to sign in, such as 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Open nothing: follow the printed address anywhere, then paste where it led')
            [CompletionResult]::new('--client-secret-stdin', '--client-secret-stdin', [CompletionResultType]::ParameterName, 'Read the app client''s secret as one line from standard input')
            [CompletionResult]::new('--no-preflight', '--no-preflight', [CompletionResultType]::ParameterName, 'Skip the look at the login pages before the browser opens')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Data and errors as JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors and what must be seen to go on')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors and what must be seen to go on')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell each step on stderr, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell each step on stderr, never a secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'cognito-login;completions' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile to use; `sandbox` is built in')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The file of profiles')
            [CompletionResult]::new('--user-pool-id', '--user-pool-id', [CompletionResultType]::ParameterName, 'The user pool, such as us-east-1_AbCdEf123')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'The app client')
            [CompletionResult]::new('--domain', '--domain', [CompletionResultType]::ParameterName, 'The pool''s domain: prefix, host, URL or custom host; found by discovery if absent')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'The issuer, instead of the pool id')
            [CompletionResult]::new('--redirect-uri', '--redirect-uri', [CompletionResultType]::ParameterName, 'A registered redirect URI, sent as written; the first with a free port is used')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'The address to bind when it differs from the redirect (containers)')
            [CompletionResult]::new('--logout-uri', '--logout-uri', [CompletionResultType]::ParameterName, 'The registered sign-out URL')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scopes to ask for; openid is added if missing')
            [CompletionResult]::new('--identity-pool-id', '--identity-pool-id', [CompletionResultType]::ParameterName, 'The identity pool, for aws-credentials')
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'code for people, client_credentials for machines')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where the session is kept: keyring, file or none')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long a person may take to sign in, such as 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--client-secret-stdin', '--client-secret-stdin', [CompletionResultType]::ParameterName, 'Read the app client''s secret as one line from standard input')
            [CompletionResult]::new('--no-preflight', '--no-preflight', [CompletionResultType]::ParameterName, 'Skip the look at the login pages before the browser opens')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Data and errors as JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors and what must be seen to go on')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors and what must be seen to go on')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell each step on stderr, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell each step on stderr, never a secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'cognito-login;man' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile to use; `sandbox` is built in')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The file of profiles')
            [CompletionResult]::new('--user-pool-id', '--user-pool-id', [CompletionResultType]::ParameterName, 'The user pool, such as us-east-1_AbCdEf123')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'The app client')
            [CompletionResult]::new('--domain', '--domain', [CompletionResultType]::ParameterName, 'The pool''s domain: prefix, host, URL or custom host; found by discovery if absent')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'The issuer, instead of the pool id')
            [CompletionResult]::new('--redirect-uri', '--redirect-uri', [CompletionResultType]::ParameterName, 'A registered redirect URI, sent as written; the first with a free port is used')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'The address to bind when it differs from the redirect (containers)')
            [CompletionResult]::new('--logout-uri', '--logout-uri', [CompletionResultType]::ParameterName, 'The registered sign-out URL')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scopes to ask for; openid is added if missing')
            [CompletionResult]::new('--identity-pool-id', '--identity-pool-id', [CompletionResultType]::ParameterName, 'The identity pool, for aws-credentials')
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'code for people, client_credentials for machines')
            [CompletionResult]::new('--store', '--store', [CompletionResultType]::ParameterName, 'Where the session is kept: keyring, file or none')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long a person may take to sign in, such as 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--client-secret-stdin', '--client-secret-stdin', [CompletionResultType]::ParameterName, 'Read the app client''s secret as one line from standard input')
            [CompletionResult]::new('--no-preflight', '--no-preflight', [CompletionResultType]::ParameterName, 'Skip the look at the login pages before the browser opens')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Data and errors as JSON')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing but errors and what must be seen to go on')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing but errors and what must be seen to go on')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Tell each step on stderr, never a secret')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Tell each step on stderr, never a secret')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'cognito-login;help' {
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Sign in through the pool''s login pages and keep the session')
            [CompletionResult]::new('whoami', 'whoami', [CompletionResultType]::ParameterValue, 'Show who is signed in, as the pool says now')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a valid token, renewing it if needed')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Revoke and delete the session')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what is kept on this machine, without network or keyring')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Run a user pool on this machine, with login pages')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'See a whole sign-in against a pool in this process, without an AWS account')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cognito-login;help;login' {
            break
        }
        'cognito-login;help;whoami' {
            break
        }
        'cognito-login;help;token' {
            break
        }
        'cognito-login;help;logout' {
            break
        }
        'cognito-login;help;status' {
            break
        }
        'cognito-login;help;sandbox' {
            break
        }
        'cognito-login;help;demo' {
            break
        }
        'cognito-login;help;completions' {
            break
        }
        'cognito-login;help;man' {
            break
        }
        'cognito-login;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
