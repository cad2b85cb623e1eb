//! `bank`: a typed server with structs.

use std::collections::HashMap;

use ergo::Snapshot;
use ergo::prelude::*;

/// What an account is opened with: `#{owner => <<"ann">>, limit => 10}`.
#[derive(Debug, Clone, Encode, Decode)]
pub struct NewAccount {
    owner: String,
    /// How far below zero the balance may go.
    limit: u32,
}

/// An account as it is shown.
#[derive(Debug, Clone, Encode, Decode)]
pub struct Account {
    id: u64,
    owner: String,
    balance: i64,
    limit: u32,
}

/// What happened to an account.
#[derive(Debug, Clone, Copy, Encode, Decode)]
pub enum Entry {
    /// `{deposit, N}`.
    Deposit(u64),
    /// `{withdraw, N}`.
    Withdraw(u64),
}

/// Why the bank refuses.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum BankError {
    /// No such account.
    Unknown,
    /// The balance would go below the limit.
    Overdrawn,
    /// The balance would not fit into 64 bits.
    Overflow,
}

/// Keeps accounts.
#[derive(Actor)]
#[actor(name = "bank", snapshot)]
pub struct Bank {
    accounts: HashMap<u64, (Account, Vec<Entry>)>,
    last_id: u64,
}

/// `sys:get_state` shows the balance of each account, and nothing of who owns it.
impl Snapshot for Bank {
    fn snapshot(&self) -> Term {
        let balances = self.accounts.iter();
        Term::map(balances.map(|(id, (account, _))| (Term::from(*id), Term::from(account.balance))))
    }
}

#[ergo::server]
impl Bank {
    fn init() -> Result<Self, ExitReason> {
        Ok(Bank {
            accounts: HashMap::new(),
            last_id: 0,
        })
    }

    /// Opens an account and gives its id.
    #[call]
    fn open(&mut self, new: NewAccount) -> Result<u64, BankError> {
        self.last_id += 1;
        let account = Account {
            id: self.last_id,
            owner: new.owner,
            balance: 0,
            limit: new.limit,
        };
        self.accounts.insert(self.last_id, (account, Vec::new()));
        Ok(self.last_id)
    }

    /// Puts money in and gives the balance.
    #[call]
    fn deposit(&mut self, id: u64, n: u64) -> Result<i64, BankError> {
        let (account, history) = self.accounts.get_mut(&id).ok_or(BankError::Unknown)?;
        account.balance = account
            .balance
            .checked_add_unsigned(n)
            .ok_or(BankError::Overflow)?;
        history.push(Entry::Deposit(n));
        Ok(account.balance)
    }

    /// Takes money out and gives the balance.
    #[call]
    fn withdraw(&mut self, id: u64, n: u64) -> Result<i64, BankError> {
        let (account, history) = self.accounts.get_mut(&id).ok_or(BankError::Unknown)?;
        let left = account
            .balance
            .checked_sub_unsigned(n)
            .ok_or(BankError::Overdrawn)?;
        if left < -i64::from(account.limit) {
            return Err(BankError::Overdrawn);
        }
        account.balance = left;
        history.push(Entry::Withdraw(n));
        Ok(left)
    }

    /// Shows an account.
    #[call]
    fn account(&self, id: u64) -> Result<Account, BankError> {
        self.accounts
            .get(&id)
            .map(|(account, _)| account.clone())
            .ok_or(BankError::Unknown)
    }

    /// What happened to an account, oldest first.
    #[call]
    fn history(&self, id: u64) -> Result<Vec<Entry>, BankError> {
        self.accounts
            .get(&id)
            .map(|(_, history)| history.clone())
            .ok_or(BankError::Unknown)
    }
}
